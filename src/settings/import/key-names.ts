// Reads the keys of foreign files: which setting each names, and whose it is.
import { type SettingName, settingNames } from '../settings.ts'
import { type Setting, settings } from '../table.ts'
import type { Candidate } from './candidate.ts'

type Target = Candidate['setting']

/** What the client secret is called; it is not a setting. */
const secretNames: readonly RegExp[] = [
  /(^|_)CLIENT_?SECRET$/,
  /(^|_)(APP|APPLICATION|CONSUMER)_?SECRET$/,
  /(^|_)CREDENTIALS_SECRET$/,
]

interface Name {
  setting: Target
  pattern: RegExp
  rank: number
}

/** The names of others; the client first, since it is what a file is about. */
const foreignNames: readonly Name[] = [
  ...namesOf('clientId', importNames('clientId')),
  ...namesOf('clientSecret', secretNames),
  ...settingNames.filter((name) => name !== 'clientId').flatMap((name) => namesOf(name, importNames(name))),
]

/** The settings in the order in which they are shown. */
export const settingOrder: readonly Target[] = [
  'clientId',
  'clientSecret',
  ...settingNames.filter((name) => name !== 'clientId'),
]

function importNames(name: SettingName): readonly RegExp[] {
  const { importName }: Setting = settings[name]
  return 'without' in importName ? [] : importName
}

function namesOf(setting: Target, patterns: readonly RegExp[]): Name[] {
  return patterns.map((pattern, rank) => ({ setting, pattern, rank }))
}

const ownVariables: ReadonlyMap<string, Target> = new Map<string, Target>([
  ['NV_CLIENT_SECRET', 'clientSecret'],
  ...settingNames.flatMap((name): Array<[string, Target]> => {
    const { variable }: Setting = settings[name]
    return typeof variable === 'string' ? [[variable, name]] : []
  }),
])

/** What frameworks put before a variable that a page may read. */
const frameworkPrefix =
  /^(VITE|NEXT_PUBLIC|REACT_APP|NUXT_PUBLIC|NUXT|EXPO_PUBLIC|GATSBY|VUE_APP|NG_APP|SVELTE_PUBLIC|PUBLIC)_/

/** Words that say what a thing is, and not whose. */
const commonWords = new Set(
  `NV NUMBER VERIFICATION OPENGATEWAY OPEN GATEWAY CAMARA OAUTH OAUTH2 OIDC OPENID CONNECT AUTH API SPRING SECURITY
   CLIENT REGISTRATION PROVIDER APP APPLICATION IDP WEB INSTALLED MY DEFAULT CONFIG SETTINGS ENV CREDENTIALS KEYS
   QUARKUS BACKEND VALUE DATA RESULT RSA JWT NETWORK RESOURCES AUTHENTICATION SERVICES ENVIRONMENT VARIABLES VARS LIST`.split(
    /\s+/,
  ),
)

/** Where a setting is for one of several stages. */
const stage = /_(DEV|DEVELOPMENT|PROD|PRODUCTION|STAGING|STAGE|SANDBOX|TEST|UAT|PREPROD)$/

/** Says which setting a key names, and whose it is; null if nv has no use for it. */
export function readKey(key: string): Omit<Candidate, 'value' | 'key'> | null {
  const own = ownVariables.get(key)
  if (own !== undefined) return { setting: own, owner: '', rank: -1 }
  const words = normalizeKey(key)
  return readWords(words) ?? readWords(words.replace(stage, ''), stage.exec(words)?.[1])
}

function readWords(words: string, suffix = ''): Omit<Candidate, 'value' | 'key'> | null {
  const name = foreignNames.find(({ pattern }) => pattern.test(words))
  if (!name) return null
  return {
    setting: name.setting,
    owner: ownerIn(`${words.replace(name.pattern, '')}_${suffix}`),
    rank: name.rank,
  }
}

/** Tells whether nv itself calls a setting so. */
export function isOurs(key: string): boolean {
  return ownVariables.has(key)
}

/** Writes a key in capitals with underscores, without what a framework puts before it: `viteClientId`, `client.id`. */
export function normalizeKey(key: string): string {
  return key
    .replace(/oauth/gi, 'oauth')
    .replace(/UR([IL])s\b/, 'UR$1S')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
    .replace(frameworkPrefix, '')
}

/** Gives the words that name somebody: ACME of `ACME_OAUTH`. */
function ownerIn(words: string): string {
  return words
    .split('_')
    .filter((word) => word !== '' && !commonWords.has(word) && !/^\d+$/.test(word))
    .join('_')
}
