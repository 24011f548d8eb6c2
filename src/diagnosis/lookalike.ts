// Finds what looks like the member that an answer should have: wrapped, spelled otherwise, or inside a JWT.
import { isPlaceholder } from '../run/redaction/placeholder.ts'
import { readBody } from '../wire/body.ts'

/** Says where something stands that looks like a member and is none; null when nothing does. */
export function lookalikeOf(text: string, member: string): string | null {
  const trimmed = text.trim()
  if (/^"?eyJ[\w-]+\.[\w-]+\.[\w-]*"?$/.test(trimmed) || isPlaceholder(trimmed.replace(/^"(.*)"$/, '$1')))
    return 'It is one bare token, as in a JWT, with no JSON object around it.'
  if (trimmed.startsWith('['))
    return trimmed.includes(`"${member}"`) ? `It holds ${member} inside an array.` : null
  const body = readBody(trimmed)
  if (body.kind !== 'object' || Object.hasOwn(body.object, member)) return null
  const fold = (name: string) => name.toLowerCase().replace(/[_-]/g, '')
  const near = Object.keys(body.object).find((name) => fold(name) === fold(member))
  if (near !== undefined) return `The answer has ${near}: the spelling differs.`
  const wrapped = Object.entries(body.object).find(
    ([, value]) =>
      typeof value === 'object' && value !== null && JSON.stringify(value).includes(`"${member}"`),
  )
  return wrapped === undefined ? null : `It is wrapped inside "${wrapped[0]}".`
}
