// Reads the form of a page that hands an authorization response on by POST.
import { holdsResponse } from './redirect-uri.ts'

export interface PostedForm {
  action: URL
  parameters: URLSearchParams
}

/** Only the beginning of a page is looked at: a page that hands something on is short. */
const maxLength = 64 * 1024

/** Finds the first form of a page that posts a state, a code or an error; null when there is none. */
export function readPostedForm(html: string, pageUrl: string): PostedForm | null {
  for (const [, opening = '', content = ''] of html.slice(0, maxLength).matchAll(formPattern)) {
    const action = attributeOf(opening, 'action') ?? pageUrl
    if (attributeOf(opening, 'method')?.toLowerCase() !== 'post' || !URL.canParse(action, pageUrl)) continue
    const fields = [...content.matchAll(inputPattern)].flatMap(([, input = '']): Array<[string, string]> => {
      const name = attributeOf(input, 'name')
      return name === null ? [] : [[name, attributeOf(input, 'value') ?? '']]
    })
    const parameters = new URLSearchParams(fields)
    if (holdsResponse(parameters)) return { action: new URL(action, pageUrl), parameters }
  }
  return null
}

const formPattern = /<form\b([^<>]*)>([^]*?)(?:<\/form|$)/gi
const inputPattern = /<input\b([^<>]*)>/gi

function attributeOf(tag: string, name: string): string | null {
  const pattern = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i')
  const found = pattern.exec(tag)
  if (!found) return null
  return (found[1] ?? found[2] ?? found[3] ?? '').replace(
    /&(amp|quot|#39|#x27|lt|gt|#x2f|#47);/gi,
    (entity) => entities[entity.toLowerCase()] ?? entity,
  )
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&#x2f;': '/',
  '&#47;': '/',
}
