// Which parts of a secret are secret: not every key, token or credential is one all through.

/** A value to be concealed; `telling`: so many characters of it give it away, where the usual number would not do. */
export interface SecretPart {
  value: string
  telling?: number
}

/** What all keys of a kind begin with is shorter. */
const tellingOfKey = 64

/** The members of a private JWK that are private. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'] as const

/** Splits a secret into what is to be concealed: the payload and the signature of a JWT, what a PEM or a JWK holds. */
export function partsOf(secret: string): SecretPart[] {
  const text = secret.trim()
  if (/^eyJ[\w-]{0,4096}\./.test(text) && !/[^\w.-]/.test(text)) return partsOfJwt(text)
  if (text.startsWith('-----BEGIN')) return partsOfPem(text)
  const jwk = text.startsWith('{') ? partsOfJwk(text) : []
  return jwk.length > 0 ? jwk : [{ value: text }]
}

function partsOfJwt(jwt: string): SecretPart[] {
  const [header = '', ...parts] = jwt.split('.')
  const long = parts.filter((part) => part.length >= 12).map((value) => ({ value }))
  return [{ value: jwt, telling: Math.min(header.length + 13, jwt.length) }, ...long]
}

function partsOfPem(pem: string): SecretPart[] {
  const blocks = pem.split('-----').filter((part) => !/^(?:BEGIN|END) /.test(part))
  return blocks
    .map((block) => block.replace(/^(?:[\w-]+:.*\r?\n)+/, '').replace(/\s+/g, ''))
    .flatMap((value) => (value === '' ? [] : [{ value, telling: tellingOfKey }]))
}

function partsOfJwk(text: string): SecretPart[] {
  try {
    const jwk = JSON.parse(text) as Record<string, unknown>
    return privateMembers.flatMap((name) => {
      const value = jwk[name]
      return typeof value === 'string' && value !== '' ? [{ value }] : []
    })
  } catch {
    return []
  }
}
