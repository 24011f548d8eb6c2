// What the words of a server mean where its code does not say it.

export type Meaning =
  | 'balance'
  | 'quota'
  | 'not-subscribed'
  | 'suspended'
  | 'not-allowed-line'
  | 'not-served'
  | 'api-key'
  | 'address'
  | 'roaming'
  | 'consent'
  | 'mobile-network'
  | 'redirect-uri'
  | 'pkce'
  | 'jti'
  | 'audience'
  | 'key-id'
  | 'signature'
  | 'clock'
  | 'login-hint'
  | 'scope'
  | 'client'
  | 'used'
  | 'expired'

/** What gives a meaning away, the most telling first. */
const signs: ReadonlyArray<[Meaning, RegExp]> = [
  ['balance', /\b(balance|out of credits?|insufficient (credits?|funds)|top.?up|payment required|unpaid)\b/],
  ['quota', /\bquota\b|rate.?limit|spike ?arrest|limit (has been )?exceeded/],
  [
    'not-subscribed',
    /not (been )?(subscribed|entitled|registered for this plan|enabled for (this|the) api)|no (active )?subscription|no api ?product|apiproduct|subscription .{0,30}(missing|required|not found|expired)|not registered for (this|the) (plan|api|product)/,
  ],
  [
    'suspended',
    /\b(suspended|deactivated|disabled|blocked account|inactive|not (yet )?(approved|active)|pending approval)\b/,
  ],
  [
    'not-allowed-line',
    /white.?list|allow.?list(ed)?|not (an? )?(authori[sz]ed|registered|allowed|permitted) (test )?(phone )?(number|line|msisdn)|test number/,
  ],
  ['roaming', /\broaming\b/],
  [
    'consent',
    /\bconsent\b|user (has )?(denied|refused|rejected|cancell?ed)|denied by the user|resource owner denied/,
  ],
  ['api-key', /\b(api|subscription|rapidapi).?key\b|x-rapidapi/],
  [
    'address',
    /\bip( address)?\b.{0,40}\b(not|blocked|denied|forbidden|unauthori[sz]ed|restricted)|\b(not|blocked|denied)\b.{0,40}\bip address/,
  ],
  ['mobile-network', /mobile (data|network|connection)|cellular|by its ip|header enrichment|wi-?fi/],
  ['redirect-uri', /redirect.?ur[il]|callback.?ur[il]|reply.?ur[il]/],
  ['pkce', /\bpkce\b|code.?verifier|code.?challenge/],
  ['jti', /\bjti\b|replay|assertion .{0,30}(already|before)/],
  ['audience', /\baud\b|\baudience\b/],
  ['key-id', /\bkid\b|key.?id\b|(no|unknown|find) .{0,30}\b(jwk|public key|matching key|signing key)\b/],
  ['signature', /\bsignature\b|signed (by|with) .{0,30}(wrong|unknown)/],
  [
    'clock',
    /\b(iat|nbf)\b|in the future|not yet valid|clock|too far|(assertion|jwt|token|proof|request object) .{0,40}expired|expired .{0,10}(assertion|jwt)/,
  ],
  ['login-hint', /login.?hint/],
  ['scope', /\bscopes?\b/],
  [
    'not-served',
    /no subscriber|subscriber .{0,20}not found|unknown (user|subscriber|msisdn|number)|(service|operator|carrier|number|identifier) .{0,30}not (available|supported|applicable|found)/,
  ],
  [
    'client',
    /client.?id\b|(unknown|invalid|no such) (client|application|app)\b|(client|application) .{0,20}(unknown|not found|does not exist)/,
  ],
  ['used', /\b(already|been|was|previously) (used|redeemed|consumed|exchanged)|used (before|twice|up)/],
  ['expired', /\bexpired?\b/],
]

/** How much of what a server says is looked at. */
const maxLength = 2000

/** Says what the words of a server mean; null when they don't tell. */
export function meaningOf(...texts: ReadonlyArray<string | null>): Meaning | null {
  const text = texts
    .flatMap((part) => (part === null ? [] : [part.slice(0, maxLength)]))
    .join(' ')
    .toLowerCase()
  return signs.find(([, sign]) => sign.test(text))?.[0] ?? null
}
