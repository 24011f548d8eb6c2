// Texts that a hostile server sends to steer the terminal, the page or the parser they are shown in.

export const hostileTexts: Readonly<Record<string, string>> = {
  markup: '<script>alert(1)</script><img src=x onerror=alert(1)>',
  colour: '\u001b[31mred\u001b[0m',
  'a cleared screen': '\u001b[2J\u001b[H',
  'a link (OSC 8)': '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  'the clipboard (OSC 52)': '\u001b]52;c;cm0gLXJmIH4=\u0007',
  'a device control string': '\u001bP$q"p\u001b\\',
  'an application program command': '\u001b_payload\u001b\\',
  'a carriage return': 'could not tell\rverified',
  backspaces: 'failed\b\b\b\b\b\bpassed',
  'a NUL': 'a\u0000b',
  bell: '\u0007\u0007',
  'bidirectional marks': '\u202egnp.exe\u202c \u2066x\u2069 \u200f',
  'C1 controls': '\u009b31m \u0090payload\u009c \u009d52;c;eA==\u009c \u0085',
  'line separators': 'a\nb\u2028c\u2029d\u000be\u000cf',
  'zero-width characters': 'a\u200bb\u200dc\ufeffd\u00ade',
  'lone surrogates': '\ud800 \udfff',
  'tag characters': '\u{e0001}\u{e0041}',
  DEL: '\u007f',
}

/** What must never reach a terminal from a server: controls, format characters, separators, surrogates. */
export const steersTerminal = /[\p{C}\p{Zl}\p{Zp}]/u
