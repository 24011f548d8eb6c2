// The pages that the phone's browser gets. They hold nothing from the request.
import { escapeHtml, escapeText } from '../wire/escape.ts'

export interface Page {
  tone: 'good' | 'bad' | 'neutral'
  title: string
  text: string
}

const style = `
:root { color-scheme: light dark; --good: #0a7d33; --bad: #b3261e; --neutral: #5f6368 }
@media (prefers-color-scheme: dark) { :root { --good: #6dd58c; --bad: #f2b8b5; --neutral: #bdc1c6 } }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 2rem; box-sizing: border-box;
  font: 1.125rem/1.5 system-ui, sans-serif; text-align: center }
h1 { font-size: 2.25rem; line-height: 1.2; margin: 0 0 .5rem }
p { margin: 0 auto; max-width: 32rem }
.good h1 { color: var(--good) } .bad h1 { color: var(--bad) } .neutral h1 { color: var(--neutral) }
`

/** Text of a page may quote the gateway: neither its markup nor its control characters do anything here. */
function show(text: string): string {
  return escapeHtml(escapeText(text, 600))
}

/** Renders a page that needs nothing from elsewhere and may load nothing, with the policy that says so. */
export async function renderPage({
  tone,
  title,
  text,
}: Page): Promise<{ html: string; contentSecurityPolicy: string }> {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${show(title)}</title>
<style>${style}</style>
</head>
<body class="${tone}"><main><h1>${show(title)}</h1><p>${show(text)}</p></main></body>
</html>
`
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(style))
  const hash = Buffer.from(digest).toString('base64')
  return {
    html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  }
}
