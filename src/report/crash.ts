// What is said of a bug in nv itself: one line where to report it, and the stack without what must not leave.
import type { Problem } from '../errors.ts'
import { bugsPage } from '../links.ts'
import { createRedactor } from '../run/redaction.ts'
import { escapeText } from '../wire/escape.ts'

/** Variables whose value is taken for a secret. */
const secretName = /SECRET|TOKEN|PASS|KEY|HEADER|CREDENTIAL/i

export interface Crash {
  /** For the terminal, in lines. */
  text: string
  /** When JSON was asked for. */
  problem: Problem
}

/** Describes an error that nobody foresaw; never throws, whatever was thrown. */
export function describeCrash(
  error: unknown,
  tool: { name: string; version: string; node: string; platform: string },
  env: Readonly<Record<string, string | undefined>>,
): Crash {
  const lines = redactWithEnvironment(stackOf(error), env)
    .split('\n')
    .map((line) => escapeText(line, 2000))
  const place = bugsPage ?? `the issue tracker of ${tool.name}`
  const where = `${tool.name} ${tool.version}, Node ${tool.node}, ${tool.platform}`
  return {
    text: [
      `This is a bug in nv. Please report it at ${place}.`,
      'Attach the command, without phone number and secrets, and these lines:',
      where,
      ...lines,
    ].join('\n'),
    problem: {
      code: 'bug',
      title: 'This is a bug in nv',
      cause: (lines[0] ?? '').slice(0, 500),
      fix: `Please report it at ${place}. Attach the command, without phone number and secrets, and the lines that nv printed on stderr.`,
    },
  }
}

function stackOf(error: unknown): string {
  try {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  } catch {
    return 'Something was thrown that has no text'
  }
}

/** Takes out of a text what the environment holds of secrets, and what gives itself away. */
export function redactWithEnvironment(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  try {
    const redactor = createRedactor()
    for (const [name, value] of Object.entries(env)) {
      if (value && name.startsWith('NV_') && secretName.test(name)) redactor.conceal(value)
    }
    return redactor.text(text)
  } catch {
    return 'The message could not be redacted, so it is left out'
  }
}
