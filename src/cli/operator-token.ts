// `--operator-token`: what goes with it, by which grants it is exchanged, and the token itself, never from an argument.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { OperatorToken } from '../flow/journey.ts'
import { simGrants } from '../oauth/grants.ts'
import type { JourneyOptions } from './journey-options.ts'
import type { GlobalOptions } from './options.ts'
import { flagOf } from '../settings/flags.ts'
import type { Purpose } from '../target/resolve.ts'
import { escapeText } from '../wire/escape.ts'

/** Settings whose flags belong to a journey through a phone. */
const settingsOfPhone = ['redirectUri', 'listen', 'loginHint', 'prompt', 'pkce', 'requestObject'] as const

/** Throws a UsageError for flags that an operator token makes pointless, or that need one. */
export function refuseWithOperatorToken(
  options: Omit<JourneyOptions, keyof GlobalOptions> &
    Partial<Record<(typeof settingsOfPhone)[number], string>>,
): void {
  if (options.operatorToken === undefined) {
    if (options.grant === undefined) return
    throw new UsageError({
      code: 'grant_without_operator_token',
      title: '--grant only works with --operator-token',
      cause: 'Without --operator-token the grant is always the authorization code.',
      fix: 'Give --operator-token <file>, or leave --grant out.',
    })
  }
  const given = [
    options.via !== 'auto' && '--via',
    options.state !== undefined && '--state',
    options.device !== undefined && '--device',
    options.wifiOff && '--wifi-off',
    options.devtools !== undefined && '--devtools',
    options.qrFile !== undefined && '--qr-file',
    options.page && '--page',
    options.go && '--go',
    options.interface !== undefined && '--interface',
    options.localAddress !== undefined && '--local-address',
    options.asApp && '--as-app',
    options.tunnel !== undefined && '--tunnel',
    options.tls && '--tls',
    ...settingsOfPhone.filter((name) => options[name] !== undefined).map(flagOf),
  ].filter(Boolean)
  if (given.length === 0) return
  throw new UsageError({
    code: 'operator_token_needs_no_phone',
    title: `${given.join(', ')} can't be combined with --operator-token`,
    cause: 'The SIM token replaces the phone: no URL is opened, and no callback comes back.',
    fix: 'Leave out one or the other.',
  })
}

/** Lists the possible grants, the preferred one first. Throws a UsageError for one that does not exist. */
export function chooseGrants(
  { env }: Pick<Context, 'env'>,
  { operatorToken, grant = env['NV_GRANT'] }: Pick<JourneyOptions, 'operatorToken'> & { grant?: string },
): Purpose['grants'] {
  if (operatorToken === undefined) return ['authorization-code']
  if (!grant) return simGrants
  const known = simGrants.find((name) => name === grant)
  if (known) return [known]
  throw new UsageError({
    code: 'grant_unknown',
    title: `Unknown grant in NV_GRANT: ${escapeText(grant)}`,
    cause: `The grants that take an operator token are ${simGrants.join(' and ')}.`,
    fix: 'Correct NV_GRANT, or unset it.',
  })
}

/**
 * Reads the token, when the run is by one and in the time that it has. Throws a UsageError when it does not come, or
 * can't be one. Its text appears nowhere.
 */
export async function readOperatorToken(
  context: Context,
  { operatorToken: source, input }: JourneyOptions,
  grants: Purpose['grants'],
  timeoutMs: number,
): Promise<OperatorToken | null> {
  if (source === undefined || !areOfSim(grants)) return null
  const over = new AbortController()
  const signal = AbortSignal.any([context.signal, over.signal])
  const late = context.clock.sleep(timeoutMs, signal).then(() => {
    throw operatorTokenLate()
  })
  try {
    const token = readFrom({ ...context, signal }, source, input)
    return { value: await Promise.race([token, late]), grants }
  } finally {
    over.abort()
    late.catch(() => {})
  }
}

function operatorTokenLate(): UsageError {
  return new UsageError({
    code: 'operator_token_late',
    title: 'The operator token did not arrive in time',
    cause: 'Standard input did not end, or the question was not answered, within --timeout.',
    fix: 'Check what is piped into nv, name a file, or give it more time.',
  })
}

function areOfSim(grants: Purpose['grants']): grants is OperatorToken['grants'] {
  return !grants.includes('authorization-code')
}

/** Reads the token from a file, or for `-` from stdin; on a terminal it is asked for. */
async function readFrom(context: Context, source: string, isAskingAllowed: boolean): Promise<string> {
  const token = tokenIn(await readText(context, source, isAskingAllowed))
  const rule = ruleOf(token)
  if (rule === true) return token
  throw new UsageError({
    code: 'invalid_operator_token',
    title: `The operator token in ${source === '-' ? 'standard input' : source} can't be used`,
    cause: rule,
    fix: 'Give the TS.43 token alone, on one line.',
  })
}

async function readText(
  { files, input, prompt, signal }: Context,
  source: string,
  isAskingAllowed: boolean,
): Promise<string> {
  if (source !== '-') {
    const text = await files.read(source)
    if (text !== null) return text
    // The name is not repeated: it may be the token itself.
    throw new UsageError({
      code: 'file_missing',
      title: 'The file does not exist',
      cause: '--operator-token takes the name of a file that holds the token, never the token itself.',
      fix: 'Check the path; a relative one starts at the working folder. With - it is read from standard input.',
    })
  }
  if (!input.isTerminal) return input.text(signal)
  if (isAskingAllowed)
    return prompt.secret({ message: 'Operator token:', validate: (text) => ruleOf(tokenIn(text)), signal })
  throw new UsageError({
    code: 'operator_token_not_given',
    title: 'Missing operator token',
    cause: 'Standard input is a terminal, and --no-input forbids asking.',
    fix: 'Name its file with --operator-token <file>, or pipe it into nv.',
  })
}

/** What the token is called among other values. */
const tokenName = /^(?:export\s+)?"?(?:(?:\w+_)?(?:operator|temporary|temp|ts43)_?token|token|login_hint)"?$/i

/** Takes a token out of what people copy with it: quotes, the prefix of the login_hint, JSON, a line of a .env. */
function tokenIn(text: string): string {
  const token = unwrap(text)
  const decoded = /^operatortoken%3A/i.test(token)
    ? decodeURIComponent(token.replace(/%(?![0-9a-f]{2})/gi, '%25'))
    : token
  return unwrap(decoded.replace(/^operatortoken:/i, ''))
}

function unwrap(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  const quoted = /^(["'`])([^"'`]*)\1[,;]?$/.exec(trimmed)?.[2]
  if (quoted !== undefined) return quoted.trim()
  const [, name = '', value = ''] = /^([^=:\s]+)\s*[=:]\s*(\S.*)$/.exec(trimmed) ?? []
  if (tokenName.test(name)) return unwrap(value)
  const ofXml = /<parm\s+name="(?:Temporary|Operator)Token"\s+value="([^"]+)"/i.exec(trimmed)?.[1]
  if (ofXml !== undefined) return ofXml
  return trimmed.startsWith('{') ? (tokenOfJson(trimmed) ?? trimmed) : trimmed
}

/** Finds the token in JSON, also in an answer of an entitlement server; null when there is not one. */
function tokenOfJson(text: string): string | null {
  const found: string[] = []
  const collect = (value: unknown, depth = 0): void => {
    if (depth > 6 || typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) {
      if (typeof member === 'string' && (tokenName.test(name) || /^operatortoken:/i.test(member)))
        found.push(member.trim())
      else collect(member, depth + 1)
    }
  }
  try {
    collect(JSON.parse(text))
  } catch {
    return null
  }
  const [token, ...more] = new Set(found)
  return token !== undefined && more.length === 0 ? token : null
}

function ruleOf(token: string): true | string {
  if (token === '') return 'It is empty.'
  if (token.startsWith('{')) return 'It is JSON, but not with one member named token or operatorToken.'
  if (token.startsWith('<')) return 'It is XML or HTML.'
  // oxlint-disable-next-line no-control-regex
  return !/[\u0000-\u001f\u007f-\u009f]/.test(token) || 'It holds control characters, or more than one line.'
}
