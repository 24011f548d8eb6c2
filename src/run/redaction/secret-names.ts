// The names of parameters, members and headers whose value is a secret or a phone number.

/** Names without case, - and _. */
const secrets: ReadonlySet<string> = new Set(
  `accesstoken assertion authcode authorizationcode authreqid authzcode clientassertion clientsecret codeverifier hashedphonenumber idtoken idtokenhint
  jsessionid loginhinttoken passwd password phpsessid refreshtoken samlresponse sessioncode sessiondatakey
  sessiondatakeyconsent sessionid sessionstate subjecttoken token`.split(/\s+/),
)

/** What is a secret in a query or a form, and may be anything in JSON. */
const parameterSecrets: ReadonlySet<string> = new Set(
  `code nonce otp relaystate request response samlrequest session sid sig signature state ticket`.split(
    /\s+/,
  ),
)

const secretEnding =
  /(?:token|secret|password|passphrase|pwd|(?:access|api|function|private|secret|subscription)key|sessionid|assertion|jwt)$/

const numbers: ReadonlySet<string> = new Set([
  'devicephonenumber',
  'loginhint',
  'msisdn',
  'phone',
  'phonenumber',
])

/** What the value of a parameter or a member is; `parameter`: a secret, unless it is a member of JSON. */
type Meaning = 'secret' | 'parameter' | 'number' | 'other'

function meaningOf(name: string): Meaning {
  const normalized = name.toLowerCase().replace(/[-_]/g, '')
  if (secrets.has(normalized) || secretEnding.test(normalized)) return 'secret'
  if (parameterSecrets.has(normalized)) return 'parameter'
  return numbers.has(normalized) ? 'number' : 'other'
}

/** A text has the same few names many times. */
const meanings = new Map<string, Meaning>()
const maxRemembered = 500

function recall(name: string): Meaning {
  const known = meanings.get(name)
  if (known !== undefined) return known
  const meaning = meaningOf(name)
  if (meanings.size >= maxRemembered) meanings.clear()
  meanings.set(name, meaning)
  return meaning
}

/** Tells whether a parameter of a query or a form carries a secret. */
export function isSecretParameter(name: string): boolean {
  const meaning = recall(name)
  return meaning === 'secret' || meaning === 'parameter'
}

/** Tells whether a member of JSON carries a secret, `code` aside. */
export function isSecretMember(name: string): boolean {
  return recall(name) === 'secret'
}

/** Tells whether a parameter or a member carries a phone number. */
export function isNumberName(name: string): boolean {
  return recall(name) === 'number'
}

/** One word as error codes spell them, and the few digits some put behind it. */
const errorWord = /^(?:[A-Z]{1,30}|[a-z]{1,30}|[A-Z]?[a-z]{2,}(?:[A-Z][a-z]+)*)?\d{0,6}$/

/**
 * Tells whether the member `code` of an object in JSON is a code of OAuth. Errors have a member of that name too, which
 * says what happened: `UNAUTHENTICATED`, `NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT`, `SVC0001`, `invalidToken`.
 */
export function isOauthCode(value: string): boolean {
  if (value.length < 8) return false
  return !value.split(/[\s._:/-]+/).every((part) => part.length <= 60 && errorWord.test(part))
}

const secretHeader =
  /(?:^|-)(?:auth|authorization|credentials?|passwd|password|secret|session|token)(?:-|$)|api-?key|subscription-key|access-key|^client-assertion$|^dpop$/

/** Tells whether the value of a header is a secret as a whole; its name is in lower case. */
export function isSecretHeader(name: string): boolean {
  return secretHeader.test(name) && !/(?:^www-|-type$|-info$|-algorithm$)/.test(name)
}
