// Reads a .env.
import { parseEnv } from 'node:util'
import { type SettingName, settingNames } from '../settings.ts'
import { type Setting, settings } from '../table.ts'
import { type Candidate, type Found, type Imported, isPlaceholder, unreadable } from './candidate.ts'

/** The names of variables in a .env, those of nv and those of others; the client first, since it is what a file is about. */
const envPatterns: ReadonlyArray<readonly [Candidate['setting'], RegExp]> = [
  ...patternsOf('clientId'),
  ['clientSecret', /^NV_CLIENT_SECRET$/],
  ['clientSecret', /(^|_)(CLIENT_?SECRET|APP_?SECRET|APPLICATION_?SECRET)$/i],
  ...settingNames.filter((name) => name !== 'clientId').flatMap(patternsOf),
]

function patternsOf(name: SettingName): Array<readonly [SettingName, RegExp]> {
  const { variable, importName }: Setting = settings[name]
  const own = typeof variable === 'string' ? [new RegExp(`^${variable}$`)] : []
  return [...own, ...(importName instanceof RegExp ? [importName] : [])].map((pattern) => [name, pattern])
}

/** Variables of nv that say how it runs. */
const runVariables = /^NV_(PROFILE|GRANT|TIMEOUT|SECRET_STORE|CONFIG_DIR)$/

/** A key of a private key's lines, which end in `=`, must not be shown as a name. */
const pemBlock = /-----BEGIN [^]*?(-----END [^\n]*|$)/g
const shownKey = /^[A-Za-z_][\w.-]{0,63}$/

/** Finds the variables that nv knows. Throws a UsageError when there is none. */
export function readEnv(path: string, text: string): Found {
  const candidates: Candidate[] = []
  const ignored: Imported['ignored'] = []
  for (const [key, value = ''] of Object.entries(parseEnv(quoteHashes(text.replace(pemBlock, ''))))) {
    const [setting, pattern] = envPatterns.find(([, known]) => known.test(key)) ?? []
    const reason = setting ? refuseEnvValue(value) : uselessness(key)
    const owner = pattern ? key.replace(pattern, '').toUpperCase() : ''
    if (setting && reason === null) candidates.push({ setting, key, value: value.trim(), owner })
    else if (shownKey.test(key)) ignored.push({ key, reason: reason ?? '' })
  }
  if (candidates.length === 0) throw unreadable(path, 'Nothing in it is known to nv: no client id, no URL.')
  // The order of the table, since node gives the keys in none.
  const order = [...new Set(envPatterns.map(([setting]) => setting))]
  const inOrder = order.flatMap((setting) => candidates.filter((found) => found.setting === setting))
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

function uselessness(key: string): string {
  return runVariables.test(key) ? 'it is about a run, not about a profile' : 'nv has no use for it'
}

function refuseEnvValue(value: string): string | null {
  if (value.trim() === '') return 'it is empty'
  if (/^\$(\w+|\{[^}]*\}|\([^)]*\))$/.test(value))
    return 'it stands for another variable, which nv does not look up'
  return isPlaceholder(value) ? 'it is a placeholder' : null
}
