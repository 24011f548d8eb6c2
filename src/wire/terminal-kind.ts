// Which terminals can ask a question, which show little more than ASCII, and what nv's own signs become there.

/** The environment of terminals for Windows that show any sign. */
const modernOnWindows = ['WT_SESSION', 'TERM_PROGRAM', 'ConEmuTask', 'TERMINUS_SUBLIME', 'MSYSTEM']

/**
 * Tells whether a terminal may lack signs, or moves nothing: TERM=dumb, the console of Linux, or that of Windows
 * before Windows Terminal.
 */
export function isPlainTerminal(
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): boolean {
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return true
  if (!platform.startsWith('win32')) return false
  const isXterm = /^(?:xterm|alacritty|rxvt)/.test(env['TERM'] ?? '')
  return !isXterm && !modernOnWindows.some((name) => env[name])
}

/** Tells whether someone is there to answer: a question is drawn on stderr, and read from stdin. */
export function canAsk({
  input,
  err,
  env,
}: {
  input: { readonly isTerminal: boolean }
  err: { readonly isTerminal: boolean }
  env: Readonly<Record<string, string | undefined>>
}): boolean {
  return input.isTerminal && err.isTerminal && env['TERM'] !== 'dumb'
}

/** What nv writes for itself, in ASCII; a sign takes no more room than before, so that columns stay aligned. */
const plainSigns: Readonly<Record<string, string>> = {
  '✔': '+',
  '✓': '+',
  '✖': 'x',
  '→': '>',
  '←': '<',
  '⇠': '<',
  '×': 'x',
  '“': '"',
  '”': '"',
  '’': "'",
  '…': '~',
  '–': '-',
  '•': '*',
  '·': '.',
}

/** Writes nv's own signs in ASCII. */
export function toPlainSigns(text: string): string {
  return text.replace(/[✔✓✖→←⇠×“”’…–•·]/g, (sign) => plainSigns[sign] ?? sign)
}
