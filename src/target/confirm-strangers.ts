// Lets credentials go to a host that only a repository names when the user says so: once for each host.
import type { Context } from '../context.ts'
import { SetupError, UsageError } from '../errors.ts'
import { escapeText } from '../wire/escape.ts'
import { canAsk } from '../wire/terminal-kind.ts'
import type { Entrusted } from './credential-destinations.ts'
import type { Resolution } from './resolve.ts'

type Asking = Pick<Context, 'prompt' | 'signal' | 'openStore' | 'input' | 'err' | 'env'>

/**
 * Makes sure that the user trusts the hosts with the credentials. Throws a UsageError when nobody can be asked, or
 * when the answer is no; a yes is remembered.
 */
export async function confirmStrangers(
  context: Asking,
  { entrusted, name }: Pick<Resolution, 'entrusted' | 'name'>,
  mayAsk: boolean,
): Promise<void> {
  if (entrusted === null || entrusted.strangers.length === 0) return
  const { hosts } = await context.openStore()
  const known = new Set(await hosts.read())
  for (const host of entrusted.strangers) {
    if (known.has(host)) continue
    if (!mayAsk || !canAsk(context)) throw refusal(entrusted, host, name)
    if (!(await ask(context, entrusted, host))) throw refusal(entrusted, host, name)
    await remember(context, host)
  }
}

function ask({ prompt, signal }: Asking, { credentials, path }: Entrusted, host: string): Promise<boolean> {
  const what = credentials.map((credential) => credential.replace(/^[TW]/, (letter) => letter.toLowerCase()))
  return prompt.confirm({
    message: `${path} names ${host}. Send it ${what.join(' and ')}? (nv remembers yes)`,
    initial: false,
    signal,
  })
}

/** The run continues if that can't be saved: the next one asks again. */
async function remember({ openStore, err }: Asking, host: string): Promise<void> {
  try {
    await (await openStore()).hosts.add(host)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    const { title, cause } = error.problem
    err.write(`${escapeText(`Not remembered. ${title}: ${cause}`, 1000)}\n`)
  }
}

function refusal({ credentials, path }: Entrusted, host: string, name: string | null): UsageError {
  return new UsageError({
    code: 'destination_not_confirmed',
    title: `Nothing was sent to ${host}, which only ${path} names`,
    cause: `${credentials.join('; ')} would go there. A file from a repository can't decide that alone.`,
    fix:
      name === null
        ? 'If you trust that host, run it once on a terminal and confirm, or make a profile: nv profile add'
        : `If you trust that host, name the profile with --profile ${name}, or run it once on a terminal and confirm.`,
  })
}
