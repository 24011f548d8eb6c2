// The frame of every page that nv serves: markup, and the headers that keep a page to itself.
import { createHash } from 'node:crypto'
import { escapeHtml, escapeText } from '../wire/escape.ts'
import { favicon, icons } from './icons.ts'
import { style } from './style.ts'

/** Markup that holds nothing of others but what `show` made inert. */
export type Html = string

export interface Frame {
  title: string
  /** Whose page this is, as it stands above the title. */
  brand: string
  icon?: keyof typeof icons
  body: Html
  /** Classes of the body element. */
  look?: string
  /** More elements for the head. */
  head?: Html
  footer: string
  /** Code of nv's own, the same for every page of its kind: nothing of a request or of a run is in it. */
  script?: string
  /** Where its forms may go; none by default. */
  forms?: 'none' | 'self'
  /** Whether its script may ask its own origin. */
  asksItself?: boolean
}

/** Shows text of others: neither its markup nor its control characters do anything here. */
export function show(text: string, maxLength = 200): Html {
  return escapeHtml(escapeText(text, maxLength))
}

/** Shows a number. */
export function showNumber(phoneNumber: string): Html {
  return `<b class="number">${show(phoneNumber)}</b>`
}

/** Shows one line of a list of facts. */
export function showEntry(term: Html, description: Html): Html {
  return `<div><dt>${term}</dt><dd>${description}</dd></div>`
}

const hashes = new Map<string, string>()

function hashOf(text: string): string {
  const known = hashes.get(text) ?? createHash('sha256').update(text).digest('base64')
  hashes.set(text, known)
  return `'sha256-${known}'`
}

/** The headers of everything that is for one phone only: it is neither stored nor passed on. */
export const privateHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/**
 * Renders a page that needs nothing from elsewhere and may load nothing, with the headers that say so. Where forms may
 * go to its own origin, Chromium holds the redirects that follow a form to that too.
 * @see https://www.w3.org/TR/CSP3/#directive-form-action
 */
export function renderFrame(frame: Frame): { html: string; headers: Record<string, string> } {
  const { title, brand, icon = 'mobile', body, look, head = '', footer, script, forms = 'none' } = frame
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashOf(style)}`,
    ...(script === undefined ? [] : [`script-src ${hashOf(script)}`]),
    ...(frame.asksItself ? ["connect-src 'self'"] : []),
    `form-action '${forms}'`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      ...privateHeaders,
    },
    html: `<!doctype html>
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
<p class="brand">${icons[icon]} ${show(brand)}</p>
<h1>${show(title)}</h1>
${body}
</main>
<footer>${show(footer)}</footer>${script === undefined ? '' : `\n<script>${script}</script>`}
</body>
</html>
`,
  }
}
