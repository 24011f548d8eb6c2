// Tells a distinctive secret from a word that occurs everywhere.

/** Words that servers, specifications and nv use; test credentials are made of them. */
const words: ReadonlySet<string> = new Set(
  `a abc access account active admin allowed alpha an and any api app application are assertion at auth
  authenticated authentication authorization authorize authorized bad basic bearer beta body browser but by bytes
  call callback camara can cannot carrier channel ciba client close code com connection consent content cookie
  correlator country could credential credentials data date default demo denied description dev device did digest
  discovery does domain dpop dummy error errors example expired failed failure false field first flow for forbidden
  form found from gateway get given grant granted guest has hash header headers hello hint host html http https id
  identified identifier in info input insecure int internal invalid is iss issuer it json jwt key keys last length
  line local localhost location login long maintenance match message method mismatch missing mobile mock more must
  my name network new nil no none nonce not null number nv of off ok old on only open operation operator or org
  origin other page parameter params pass passed password path payload permission phone pkce please policy port post
  prod production profile prompt provider proxy public query quota rate read redirect refresh refused request
  required resource response result root sample sandbox scope secret server service session short sign signature
  sim simulator some staging state status step string sub subject success system tel test testing the this time
  timeout to token too true type unauthenticated unauthorized undefined unknown url use user username uri valid
  value verification verified verifier verify version was wait web welcome with word write wrong www xml yes you
  your zero`.split(/\s+/),
)

/** With more digits than this, a value is not a word with a number behind it. */
const maxDigits = 4

const maxOrdinaryLength = 80

/**
 * Tells whether a value is made of ordinary words (`secret`, `test-client`, `API_KEY_1`), or too short to be anything
 * else. `isBeginning`: its last word may be the beginning of one.
 */
export function isOrdinary(value: string, isBeginning = false): boolean {
  if (value.length <= 3) return true
  if (value.length > maxOrdinaryLength) return false
  if (/[^\x20-\x7e]/.test(value) || value.replace(/\D/g, '').length > maxDigits) return false
  const parts = value
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((part) => part !== '')
  return parts.every(
    (part, i) => words.has(part) || (isBeginning && i === parts.length - 1 && beginsWord(part)),
  )
}

/** How much of a secret gives it away, unless ordinary words begin the same way. */
const minTelling = 12

/** How many characters of a value can't be anything else; its whole length where each beginning could. */
export function tellingLength(value: string): number {
  const fixed = value.startsWith('eyJ') ? 2 * minTelling : minTelling
  for (let length = fixed; length < value.length; length++) {
    if (!isOrdinary(value.slice(0, length), true)) return length
    // No word is longer.
    if (length > 64) return length
  }
  return value.length
}

/** Tells whether a value is only found where it stands alone: words that no list holds, and short values. */
export function isWord(value: string): boolean {
  return value.length < 8 || /^(?:[A-Za-z]?[a-z]{0,15}|[A-Z]{1,16}|\d{1,11})$/.test(value)
}

function beginsWord(part: string): boolean {
  for (const word of words) if (word.startsWith(part)) return true
  return false
}
