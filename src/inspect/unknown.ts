// What an unrecognised text looks like, and which command is for it.
import { createRedactor } from '../run/redaction.ts'
import { readBody } from '../wire/body.ts'
import { escapeText } from '../wire/escape.ts'
import { countCharacters } from './inspection.ts'
import { isSource } from './programs.ts'

/** Says what an unrecognised text looks like. It quotes nothing of it but the names of members. */
export function describeUnknown(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return 'It is empty.'
  const body = readBody(trimmed)
  if (body.kind === 'object') return describeObject(body.object)
  // A pattern that goes through millions of characters runs out of stack.
  const beginning = trimmed.slice(0, 100_000)
  const known = looks.find(([pattern]) => pattern.test(beginning))
  if (known !== undefined) return known[1]
  if (isSource(beginning))
    return 'It looks like the source of a program. Give the address, the request or the response that it deals with.'
  if (/^[[{]/.test(trimmed))
    return /not JSON|breaks off/.test(body.found)
      ? 'It starts like JSON, but is cut or damaged.'
      : `It is ${body.found}.`
  if (/^[\w.~+/=-]{16,}$/.test(beginning)) return describeOpaque(trimmed)
  return 'nv finds nothing that it knows in this text.'
}

const addProfile = 'nv profile import <file> takes the settings of a gateway from it.'

/** What else people have lying around, the most telling first. */
const looks: ReadonlyArray<readonly [RegExp, string]> = [
  [/^\{\s*"log"\s*:\s*\{/, 'It looks like a HAR that is cut or damaged. Export it again.'],
  [
    /^(?:\uFFFDPNG|\uFFFD{2,4}[^]{0,2}JFIF|GIF8)/,
    'It is a picture. Give the text in it, or the address of the page.',
  ],
  // oxlint-disable-next-line no-control-regex
  [/^\u001F\uFFFD/, 'It is compressed (gzip): gunzip it first.'],
  // oxlint-disable-next-line no-control-regex
  [/^PK\u0003\u0004/, 'It is a ZIP archive: unpack it, and give a file of it.'],
  [
    /^(?:\uFFFD{4}|\n\r\r\n)/,
    'It is a capture of packets or a Java keystore. nv reads neither: export a HAR, or the key as PEM.',
  ],
  [
    /^\uFFFD\uFFFD[^]{0,6}/,
    'It is binary data. For a key or certificate in DER, convert it: openssl x509 -inform der, or base64.',
  ],
  [
    // In DER, a SEQUENCE that begins with the INTEGER 3.
    /^MI[\w+/]{4}IBAz/,
    'It is a PKCS#12 file (.p12, .pfx). nv takes the key in it: openssl pkcs12 -in <file> -nodes -nocerts -out key.pem',
  ],
  [
    /^ssh-(?:rsa|ed25519)\s|^ecdsa-sha2-/,
    'It is a public key of SSH. As PEM: ssh-keygen -e -m pkcs8 -f <file>',
  ],
  [
    /^PuTTY-User-Key-File-/,
    'It is a key of PuTTY. Export it as an OpenSSH key, then: ssh-keygen -p -m PEM -f <file>',
  ],
  [/^\s*(?:export\s+)?[A-Z][A-Z0-9_]{2,60}=\S*(?:\r?\n|$)/, `It looks like variables (.env). ${addProfile}`],
  [
    /^(?:openapi|swagger)\s*:/,
    'It looks like an OpenAPI document. It describes an API; nv has nothing to check in it.',
  ],
  [/^(?:<\?xml[^>]*>\s*)?<(?:saml|samlp|saml2p?):/, 'It looks like SAML, which is not a part of this flow.'],
  [
    /^eyJ[\w-]{5,}(?:\.[\w-]*){0,2}$/,
    'It starts like a JWT, but parts of it are missing: a JWT has three, joined by dots.',
  ],
  [
    /^authorization:\s*basic\s/i,
    'It is an Authorization header with HTTP Basic: a client id and a client secret in base64. It sends the secret to whoever reads it.',
  ],
  [/^(?:set-)?cookie:/i, 'It is a cookie. It is a secret of a session, and nothing that nv can judge.'],
  [
    /^[a-z][\w+.-]*:\/\/\S*#\S*\baccess_token=/i,
    'It is a response of the implicit flow: the access token stands behind a #. This flow uses response_type=code.',
  ],
  [/^https?:\/\//i, 'It is a web address, but has no parameter or path of the flow.'],
  [/^[a-z]+(?:_[a-z0-9]+)+$/, 'It looks like the code of a finding: nv explain <code> explains it.'],
  [/^(?:tel:|sms:)?\+?[\d ().-]{6,20}$/, 'It looks like a phone number: nv verify <phone> checks it.'],
  [
    /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
    'It is a UUID: a correlator, a client id or an opaque token. Only the server that made it can tell which.',
  ],
  [
    // oxlint-disable-next-line no-control-regex
    /^[^]{0,1000}[\u0000-\u0008\uFFFD]/,
    'It is binary data. For a key or certificate in DER, convert it: openssl x509 -inform der, or base64.',
  ],
]

function describeOpaque(text: string): string {
  if (/^M[A-P][\w+/]/.test(text) && text.length > 200 && /[+/=]/.test(text))
    return 'It looks like base64 of DER, but holds no key or certificate that nv can read.'
  return `It looks like an opaque token of ${countCharacters(text.length)}: an operator token, an access token or a code. Only the server that issued it can tell which. If it is the operator token of a SIM: nv verify <phone> --operator-token <file>`
}

function describeObject(object: Readonly<Record<string, unknown>>): string {
  const has = (...names: string[]) => names.every((name) => object[name] !== undefined)
  const [, known] = objects.find(([names]) => has(...names)) ?? []
  if (known !== undefined) return known
  const { log } = object
  if (typeof log === 'object' && log !== null)
    return 'It looks like a HAR, but has no authorization, token or API request.'
  const names = Object.keys(object)
    .slice(0, 5)
    .map((name) => `"${createRedactor().text(escapeText(name, 40))}"`)
  return names.length === 0
    ? 'It is an empty JSON object.'
    : `It is JSON with ${names.join(', ')}, which nv does not know as the answer of a gateway.`
}

/** By the members that give it away. */
const objects: ReadonlyArray<readonly [readonly string[], string]> = [
  [['values', '_postman_variable_scope'], `It looks like an environment of Postman. ${addProfile}`],
  [['info', 'item'], `It looks like a collection of Postman. ${addProfile}`],
  [['openapi'], 'It looks like an OpenAPI document. It describes an API; nv has nothing to check in it.'],
  [['swagger'], 'It looks like an OpenAPI document. It describes an API; nv has nothing to check in it.'],
  [
    ['active', 'client_id'],
    'It looks like the answer of a token introspection, which this flow does not use.',
  ],
  [['request_uri', 'expires_in'], 'It looks like the answer to a pushed authorization request (PAR).'],
  [['client_id', 'redirect_uris'], `It looks like the registration of a client. ${addProfile}`],
  [['sub', 'phone_number'], 'It looks like the answer of a userinfo endpoint, which this flow does not use.'],
  [
    ['iss', 'exp'],
    'It looks like the claims of a JWT, without its header and its signature. Give the whole JWT.',
  ],
  [['alg', 'typ'], 'It looks like the header of a JWT. Give the whole JWT.'],
  [['alg', 'kid'], 'It looks like the header of a JWT. Give the whole JWT.'],
]
