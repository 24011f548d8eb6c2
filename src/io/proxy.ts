// Which proxy the environment names, read as other programs read it.

/** A proxy as it was named. */
export interface NamedProxy {
  /** An http or https URL; empty: none is named. */
  url: string
  /** Why nothing can be sent through it; the URL then stands for it. */
  problem: string | null
}

type Env = Readonly<Record<string, string | undefined>>

/** The variables that name the proxy for URLs of a scheme, the first one that is set counts. */
export const variablesFor = {
  http: ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  https: ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'],
} as const

/** Finds the proxy for URLs of a scheme. */
export function findProxy(env: Env, scheme: keyof typeof variablesFor): NamedProxy {
  const name = variablesFor[scheme].find((variable) => env[variable] !== undefined)
  return readProxy(name === undefined ? '' : (env[name] ?? ''), name ?? '')
}

/**
 * Reads the value of a variable or a flag; without a scheme it is http, as for curl.
 * @see https://everything.curl.dev/usingcurl/proxies/type.html
 */
export function readProxy(value: string, name: string): NamedProxy {
  const text = value.trim()
  if (text === '') return { url: '', problem: null }
  const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  const url = scheme === undefined ? `http://${text}` : text
  if (!URL.canParse(url))
    return { url: standIn(name), problem: `${name} is not a URL, as in http://proxy.example:3128` }
  if (scheme === undefined || scheme === 'http' || scheme === 'https') return { url, problem: null }
  const { host } = new URL(url)
  return {
    url: standIn(name),
    problem: `${name} names ${host} as a ${scheme} proxy, but nv only supports http and https proxies`,
  }
}

/** Gives the URL that takes the place of one that can't be used. */
function standIn(name: string): string {
  return `http://${name.replace(/\W|_/g, '').toLowerCase()}.invalid`
}

/** Gives the origin of a URL, as undici names a proxy by it. */
export function originOf(url: string): string {
  return url === '' ? '' : new URL(url).origin
}

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
