// Reads a .env.
import { parseEnv } from 'node:util'
import { type Candidate, type Found, type Imported, isPlaceholder, unreadable } from './candidate.ts'

/** The names of variables in a .env, without what stands before them. */
const envPatterns: ReadonlyArray<readonly [Candidate['setting'], RegExp]> = [
  ['clientId', /(^|_)(CLIENT_?ID|APP_?ID|APPLICATION_?ID)$/i],
  ['clientSecret', /(^|_)(CLIENT_?SECRET|APP_?SECRET|APPLICATION_?SECRET)$/i],
  ['redirectUri', /(^|_)(REDIRECT_?UR[IL]|CALLBACK_?UR[IL])$/i],
  ['authorizeUrl', /(^|_)(AUTH|AUTHORIZE|AUTHORIZATION)_?(UR[IL]|ENDPOINT)$/i],
  ['tokenUrl', /(^|_)TOKEN_?(UR[IL]|ENDPOINT)$/i],
  ['apiUrl', /(^|_)API_?(BASE_?)?(UR[IL]|ENDPOINT)$/i],
  ['issuer', /(^|_)ISSUER(_?UR[IL])?$/i],
  ['scope', /(^|_)SCOPES?$/i],
  ['apiVersion', /(^|_)API_?VERSION$/i],
  ['preset', /^NV_PRESET$/],
  ['authMethod', /^NV_AUTH_METHOD$/],
  ['key', /^NV_KEY$/],
  ['pkce', /^NV_PKCE$/],
  ['ca', /^NV_CA$/],
  ['proxy', /^NV_PROXY$/],
  ['listen', /^NV_LISTEN$/],
  ['loginHint', /^NV_LOGIN_HINT$/],
  ['prompt', /^NV_PROMPT$/],
]

/** A key of a private key's lines, which end in `=`, must not be shown as a name. */
const pemBlock = /-----BEGIN [^]*?(-----END [^\n]*|$)/g
const shownKey = /^[A-Za-z_][\w.-]{0,63}$/

/** Finds the variables that nv knows. Throws a UsageError when there is none. */
export function readEnv(path: string, text: string): Found {
  const candidates: Candidate[] = []
  const ignored: Imported['ignored'] = []
  for (const [key, value = ''] of Object.entries(parseEnv(quoteHashes(text.replace(pemBlock, ''))))) {
    const [setting, pattern] = envPatterns.find(([, known]) => known.test(key)) ?? []
    const reason = setting ? refuseEnvValue(value) : 'nv has no use for it'
    const owner = pattern ? key.replace(pattern, '').toUpperCase() : ''
    if (setting && reason === null) candidates.push({ setting, key, value: value.trim(), owner })
    else if (shownKey.test(key)) ignored.push({ key, reason: reason ?? '' })
  }
  if (candidates.length === 0)
    throw unreadable(path, 'There is nothing in it that nv knows: no client id, no URL.')
  // The order of the table, since node gives the keys in none.
  const inOrder = envPatterns.flatMap(([setting]) => candidates.filter((found) => found.setting === setting))
  return { name: null, candidates: inOrder, ignored }
}

/** Quotes values with a `#` inside: node ends a value there, though a comment starts only after white space. */
function quoteHashes(text: string): string {
  return text.replace(
    /^([ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=)(.*)$/gm,
    (line, key: string, rest: string) => {
      const value = rest.replace(/[ \t]#.*/, '').trim()
      const quote = ["'", '`', '"'].find((mark) => !value.includes(mark))
      return value.includes('#') && !/^['"`]/.test(value) && quote ? key + quote + value + quote : line
    },
  )
}

function refuseEnvValue(value: string): string | null {
  if (value.trim() === '') return 'it is empty'
  if (/^\$(\w+|\{[^}]*\}|\([^)]*\))$/.test(value))
    return 'it stands for another variable, which nv does not look up'
  return isPlaceholder(value) ? 'it is a placeholder' : null
}
