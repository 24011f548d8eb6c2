// What people type in place of a command, an option or an argument, and what nv has for it.
import { findSimilar } from '../wire/similar.ts'

/** Words of other programs for a command of ours, which comes first. */
const synonyms: ReadonlyArray<readonly string[]> = [
  ['verify', 'run', 'test', 'validate'],
  ['profile', 'login', 'init', 'config', 'configure', 'setup', 'auth', 'account', 'credentials', 'settings'],
  ['check', 'ping', 'status', 'smoke'],
  ['inspect', 'decode', 'lint', 'parse', 'debug', 'jwt'],
  ['runs', 'history', 'log', 'logs'],
  ['simulate', 'simulator', 'mock', 'serve', 'server', 'start', 'sandbox'],
  ['add', 'new', 'create'],
  ['remove', 'delete', 'del'],
  ['rm', 'delete', 'del'],
  ['show', 'view', 'cat', 'info', 'get'],
  ['edit', 'update', 'change'],
  ['diff', 'compare'],
  ['replay', 'rerun', 'repeat', 'retry'],
]

/** The command of which a line was mistyped. */
interface Typed {
  /** As in `nv verify`. */
  name: string
  /** Its arguments, as `[phone]`. */
  takes: readonly string[]
  /** Its options, as `--profile`. */
  flags: readonly string[]
}

/** Says what to type in place of an unknown command; null when nothing comes near. */
export function fixCommand(typed: string, parent: string, names: readonly string[]): string | null {
  if (parent === 'nv' && isNumber(typed)) return `To check a number: nv verify ${typed}`
  if (typed === 'nv') return 'Leave it out: nv is there already'
  if (typed === '$') return 'Leave it out: it is the prompt of a shell, not part of the command'
  const meant = synonyms.flatMap(([ours = '', ...theirs]) =>
    theirs.includes(typed.toLowerCase()) && names.includes(ours) ? [ours] : [],
  )
  const near = [...new Set([...meant, ...findSimilar(typed, names)])].slice(0, 3)
  return near.length === 0 ? null : `Perhaps ${near.join(', ')}`
}

/** Options of other programs: what does the same here, and the option or argument that a command must take for it. */
const substitutes: ReadonlyArray<
  readonly [theirs: readonly string[], needs: string, fix: (name: string, typed: string) => string]
> = [
  [
    ['phone', 'number', 'phone-number', 'msisdn'],
    '[phone]',
    (name) => `The phone number is an argument: ${name} +34600000001`,
  ],
  [
    ['simulate', 'simulator', 'simulated', 'mock', 'demo', 'offline'],
    '--via',
    (name) => `For the simulator inside nv: ${name} --profile simulator`,
  ],
  [
    ['port', 'host', 'callback-port'],
    '--listen',
    (name) => `To choose where nv listens: ${name} --listen 8080`,
  ],
  [['output', 'out', 'format', 'save'], '--report', (name) => `To write a report: ${name} --report run.html`],
  [
    ['client-secret', 'secret', 'password'],
    '--profile',
    () =>
      'A secret is never an option, since other users can read a command line.\nFrom the environment: NV_CLIENT_SECRET. To store it: nv profile add',
  ],
  [
    ['html', 'md', 'markdown', 'har', 'curl', 'postman', 'junit'],
    '--format',
    (name, typed) => `To choose the format: ${name} --format ${typed === 'markdown' ? 'md' : typed}`,
  ],
  [['debug', 'trace'], '--verbose', () => 'Perhaps --verbose'],
  [['silent'], '--quiet', () => 'Perhaps --quiet'],
  [
    ['insecure', 'cacert', 'ca-cert'],
    '--ca',
    (name) => `To trust another certificate authority: ${name} --ca ca.pem`,
  ],
  [
    ['qr', 'browser', 'adb', 'chrome', 'direct', 'paste'],
    '--via',
    (name, typed) => `To choose the way: ${name} --via ${typed}`,
  ],
]

/** Says what to type in place of an unknown option; null when nothing comes near. */
export function fixOption(typed: string, { name, takes, flags }: Typed): string | null {
  const bare = typed.replace(/^-+/, '').toLowerCase()
  const own = [...takes, ...flags]
  const word = bare.startsWith('client-secret') ? 'client-secret' : bare
  const substitute = substitutes.find(([theirs, needs]) => theirs.includes(word) && own.includes(needs))
  if (substitute) return substitute[2](name, bare)
  const argument = takes.find((one) => one.replaceAll(/\W/g, '') === bare)
  if (argument !== undefined) return `It is an argument, not an option: ${name} ${argument}`
  const names = flags.map((flag) => flag.replace(/^--/, ''))
  const near = findSimilar(bare, names).map((one) => `--${one}`)
  return near.length === 0 ? null : `Perhaps ${near.join(', ')}`
}

/** Tells whether a word is an option behind a dash that isn't a hyphen. */
export function isTypesetOption(word: string): boolean {
  return /^[\u2010-\u2015\u2212]+-*[a-z][\w-]*$/i.test(word)
}

/** What is given to these may be a secret. */
const secretive = /^nv (?:inspect|profile)\b/

/** Says which argument is one too many, and what was perhaps meant by it. */
export function explainExcess(
  { name, takes, flags }: Typed,
  args: readonly string[],
): { cause: string; fix: string } {
  const first = args[takes.length]
  const isNamed = first !== undefined && !secretive.test(name)
  const allowed = takes.length === 0 ? 'no argument' : takes.join(' ')
  return {
    cause: isNamed
      ? `It takes ${allowed}; ${JSON.stringify(first.slice(0, 80))} is one too many.`
      : `It takes ${allowed}.`,
    fix: [isNamed ? fixExcess(name, takes, flags, args) : '', `See how it is used: ${name} --help`]
      .filter(Boolean)
      .join('\n'),
  }
}

function fixExcess(
  name: string,
  takes: readonly string[],
  flags: readonly string[],
  args: readonly string[],
): string {
  const comment = args.indexOf('#')
  if (comment !== -1) return 'Leave out what follows "#": it is a comment.'
  if (takes.includes('[program...]')) return `Put -- before the program: ${name} -- ${args[0]} …`
  const takesPhone = takes.includes('[phone]')
  if (takesPhone && args.every((word) => /^\+?[\d().-]+$/.test(word)))
    return `Quote a number that has spaces: ${name} "${args.join(' ')}"`
  const [profile, ...others] = args.filter((word) => !isNumber(word))
  const rest = args.filter(isNumber)
  if (flags.includes('--all') && takes.includes('[profile]'))
    return `One profile at a time, or all of them: ${name} --all`
  if (
    profile !== undefined &&
    /^[\w.-]{2,}$/.test(profile) &&
    others.length === 0 &&
    rest.length === takes.length &&
    (takesPhone || takes.length === 0) &&
    flags.includes('--profile')
  )
    return `If ${profile} is a profile: ${[name, ...rest].join(' ')} --profile ${profile}`
  return 'Quote an argument that has spaces.'
}

function isNumber(word: string): boolean {
  return /^\+?\d[\d().-]{5,}$/.test(word)
}
