// What the failures on the way to a proxy mean.

/** What failures on the way to a proxy mean, where more can be said than of any other host. */
export const proxyFailures: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens on that port',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port; try http:// in its URL',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS on that port; try http:// in its URL',
  EPROTO: 'it does not speak TLS on that port; try http:// in its URL',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted; --ca names one to trust',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted; --ca names one to trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; --ca names one to trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted; --ca names one to trust',
}
