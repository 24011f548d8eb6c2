// What the failures on the way to a proxy mean.

/** What the usual failures on the way to a proxy mean. */
export const proxyFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens on that port',
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name does not resolve',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port; try http:// in its URL',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on that port; try http:// in its URL',
  EPROTO: 'it does not speak TLS on that port; try http:// in its URL',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted; --ca names one to trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted; --ca names one to trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; --ca names one to trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted; --ca names one to trust',
}
