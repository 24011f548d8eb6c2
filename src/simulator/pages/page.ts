// What the simulator's pages have in common: the frame, the headers that keep them to themselves, inert text.
import { createHash } from 'node:crypto'
import { escapeHtml, escapeText } from '../../wire/escape.ts'
import type { Reply } from '../response.ts'
import { favicon, icons } from './icons.ts'
import { style } from './style.ts'

/** Markup that holds nothing of others but what `show` made inert. */
export type Html = string

export interface Page {
  status?: number
  title: string
  /** Whose page this is, as it stands above the title. */
  brand: string
  body: Html
  /** Classes of the body element. */
  look?: 'bad' | 'wide'
  /** More elements for the head. */
  head?: Html
  /** For the log. */
  detail: string
}

/** Shows text of others: neither its markup nor its control characters do anything here. */
export function show(text: string, maxLength = 200): Html {
  return escapeHtml(escapeText(text, maxLength))
}

/** Shows a number. */
export function showNumber(phoneNumber: string): Html {
  return `<b class="number">${show(phoneNumber)}</b>`
}

const styleHash = createHash('sha256').update(style).digest('base64')
const policy =
  `default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; ` +
  `frame-ancestors 'none'`

/**
 * Answers with a page that needs nothing from elsewhere and may load nothing. Its forms go to its own origin;
 * Chromium holds the redirects that follow a form to that too.
 * @see https://www.w3.org/TR/CSP3/#directive-form-action
 */
export function replyPage({ status = 200, title, brand, body, look, head = '', detail }: Page): Reply {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${show(title)}</title>
<link rel="icon" href="${favicon}">
${head}<style>${style}</style>
</head>
<body${look ? ` class="${look}"` : ''}>
<main>
<p class="brand">${look === 'bad' ? icons.warning : icons.mobile} ${show(brand)}</p>
<h1>${show(title)}</h1>
${body}
</main>
<footer>Simulated on this machine: no real network involved.</footer>
</body>
</html>
`,
    detail,
  }
}
