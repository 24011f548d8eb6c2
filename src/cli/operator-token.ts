// Reads the operator token from where it is: never from an argument.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { JourneyOptions } from './journey-options.ts'
import type { GlobalOptions } from './options.ts'
import { flagOf } from '../settings/flags.ts'

/** Settings whose flags belong to a journey through a phone. */
const settingsOfPhone = ['redirectUri', 'listen', 'loginHint', 'prompt', 'pkce', 'requestObject'] as const

/** Throws a UsageError for flags that say what an operator token makes needless, or that need one. */
export function refuseWithOperatorToken(
  options: Omit<JourneyOptions, keyof GlobalOptions> &
    Partial<Record<(typeof settingsOfPhone)[number], string>>,
): void {
  if (options.operatorToken === undefined) {
    if (options.grant === undefined) return
    throw new UsageError({
      code: 'grant_without_operator_token',
      title: '--grant says what takes an operator token, and there is none',
      cause: 'Without --operator-token the grant is always the authorization code.',
      fix: 'Give --operator-token <file>, or leave --grant out.',
    })
  }
  const given = [
    ...(options.via === 'auto' ? [] : ['--via']),
    ...(options.state === undefined ? [] : ['--state']),
    ...(options.interface === undefined ? [] : ['--interface']),
    ...(options.localAddress === undefined ? [] : ['--local-address']),
    ...settingsOfPhone.filter((name) => options[name] !== undefined).map(flagOf),
  ]
  if (given.length === 0) return
  throw new UsageError({
    code: 'operator_token_needs_no_phone',
    title: `--operator-token leaves nothing for ${given.join(', ')} to do`,
    cause: 'The token of the SIM takes the place of the phone: nothing is opened, and nothing comes back.',
    fix: 'Leave out one or the other.',
  })
}

/**
 * Reads the token from a file, or for `-` from stdin; on a terminal it is asked for. Throws a UsageError when it can't
 * be one. Its text appears nowhere.
 */
export async function readOperatorToken(
  context: Context,
  source: string,
  isAskingAllowed: boolean,
): Promise<string> {
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
      title: 'There is no file of that name',
      cause: '--operator-token takes the name of a file that holds the token, never the token itself.',
      fix: 'Check the path; a relative one starts at the working folder. With - it is read from standard input.',
    })
  }
  if (!input.isTerminal) return input.text(signal)
  if (isAskingAllowed)
    return prompt.secret({ message: 'Operator token:', validate: (text) => ruleOf(tokenIn(text)), signal })
  throw new UsageError({
    code: 'operator_token_not_given',
    title: 'Nothing brings the operator token',
    cause: 'Standard input is a terminal, and --no-input forbids to ask.',
    fix: 'Name its file with --operator-token <file>, or pipe it into nv.',
  })
}

/** Takes the prefix of the login_hint off, which people copy with the token. */
function tokenIn(text: string): string {
  return text.trim().replace(/^operatortoken:/i, '')
}

function ruleOf(token: string): true | string {
  if (token === '') return 'It is empty.'
  // oxlint-disable-next-line no-control-regex
  return !/[\u0000-\u001f\u007f-\u009f]/.test(token) || 'It holds control characters, or more than one line.'
}
