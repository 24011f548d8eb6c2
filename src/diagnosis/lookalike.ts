// Finds what looks like the member that an answer should have: wrapped, spelled differently, or inside a JWT.
import { isPlaceholder } from '../run/redaction/placeholder.ts'
import { readBody } from '../wire/body.ts'

/** Says where something is that looks like a member but isn't one; null if nothing does. */
export function lookalikeOf(text: string, member: string): string | null {
  const trimmed = text.trim()
  if (/^"?eyJ[\w-]+\.[\w-]+\.[\w-]*"?$/.test(trimmed) || isPlaceholder(trimmed.replace(/^"(.*)"$/, '$1')))
    return 'It is one bare token, as in a JWT, with no JSON object around it.'
  if (trimmed.startsWith('['))
    return trimmed.includes(`"${member}"`) ? `It holds ${member} inside an array.` : null
  const body = readBody(trimmed)
  if (body.kind !== 'object' || Object.hasOwn(body.object, member)) return null
  const near = Object.keys(body.object).find((name) => fold(name) === fold(member))
  if (near !== undefined) return `The answer has ${near}: the spelling differs.`
  for (const [wrapper, value] of Object.entries(body.object)) {
    const found = nameInside(value, member)
    if (found === member) return `It is wrapped inside "${wrapper}".`
    if (found !== null) return `"${wrapper}" holds ${found}: it is wrapped, and the spelling differs.`
  }
  return null
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '')
}

/** Finds the name of a member, however it is spelled, anywhere inside a value; null: it is not there. */
function nameInside(value: unknown, member: string, depth = 0): string | null {
  if (typeof value !== 'object' || value === null || depth > 6) return null
  const names = Array.isArray(value) ? [] : Object.keys(value)
  const near = names.find((name) => name === member) ?? names.find((name) => fold(name) === fold(member))
  if (near !== undefined) return near
  for (const inner of Object.values(value).slice(0, 100)) {
    const found = nameInside(inner, member, depth + 1)
    if (found !== null) return found
  }
  return null
}
