// Commands for the shell of a phone: adb hands it one line, which it parses again.
import type { Finished } from '../../context.ts'
import type { Adb } from './adb.ts'

/** Quotes a text so that the phone's shell takes it as one word and runs nothing in it. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Runs a line in the phone's shell. */
export function runShell(adb: Adb, line: string, limitMs?: number): Promise<Finished> {
  return adb(['shell', line], limitMs)
}

/** Opens a URL in whatever the phone opens it with, or in one app. Gives what the phone objects to; null: nothing. */
export async function startIntent(adb: Adb, url: string, app?: string): Promise<string | null> {
  const target = app === undefined ? '' : `-p ${quoteForShell(app)} `
  const line = `am start ${target}-a android.intent.action.VIEW -d ${quoteForShell(url)}`
  return readStart(await runShell(adb, line))
}

/**
 * Reads what `am start` printed, which ends well on some phones although it failed; an intent that went to a browser
 * already in front is only a warning.
 */
export function readStart({ exitCode, stdout, stderr }: Finished): string | null {
  // The line that it starts with quotes the URL.
  const lines = `${stdout}\n${stderr}`
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('Starting:'))
  const error = lines.find((line) => /^(Error\b|.*\b\w*Exception\b)/.test(line))
  if (error !== undefined) return error
  if (exitCode === 0) return null
  return lines.find((line) => line !== '') ?? `exit code ${exitCode}`
}
