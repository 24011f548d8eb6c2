// Finds what looks like the member that an answer should have: wrapped, spelled differently, or inside a JWT.
import { isPlaceholder } from '../run/redaction/placeholder.ts'
import { foldName, readBody } from '../wire/body.ts'

/** Says where something is that looks like a member but isn't one; null if nothing does. */
export function lookalikeOf(text: string, member: string): string | null {
  const trimmed = text.trim()
  if (/^"?eyJ[\w-]+\.[\w-]+\.[\w-]*"?$/.test(trimmed) || isPlaceholder(trimmed.replace(/^"(.*)"$/, '$1')))
    return 'It is one bare token, as in a JWT, with no JSON object around it.'
  if (trimmed.startsWith('['))
    return trimmed.includes(`"${member}"`) ? `It holds ${member} inside an array.` : null
  const body = readBody(trimmed)
  if (body.kind !== 'object' || Object.hasOwn(body.object, member)) return null
  const names = Object.keys(body.object)
  const others = member === 'access_token' ? names.filter((name) => /^(id|refresh)_token$/.test(name)) : []
  if (others.length > 0) return `It holds ${others.join(' and ')}, but no access token.`
  const near = names.find((name) => foldName(name) === foldName(member))
  if (near !== undefined) return `The answer has ${near}: the spelling differs.`
  for (const [wrapper, value] of Object.entries(body.object)) {
    if (typeof value === 'string' && value.includes(`"${member}"`))
      return `It is inside "${wrapper}", as text.`
    const found = nameInside(value, member)
    if (found === member) return `It is wrapped inside "${wrapper}".`
    if (found !== null) return `"${wrapper}" holds ${found}: it is wrapped, and the spelling differs.`
  }
  const other = names.find((name) => alike[member]?.test(foldName(name)))
  return other === undefined ? null : `The answer has ${other.slice(0, 40)}, which nv does not take for it.`
}

/** Other names of what a member holds, folded. */
const alike: Readonly<Record<string, RegExp>> = {
  devicePhoneNumberVerified:
    /^(is|has)?(phone)?(number|msisdn)?(verified|match|matched|matches|verification(result|status)?|matchresult)$/,
  devicePhoneNumber: /^(phonenumber|msisdn|number|subscribernumber)$/,
  access_token: /^(token|bearertoken|jwt)$/,
  auth_req_id: /^(authrequestid|requestid|authid)$/,
}

/** Finds the name of a member, however it is spelled, anywhere inside a value; null: it is not there. */
function nameInside(value: unknown, member: string, depth = 0): string | null {
  if (typeof value !== 'object' || value === null || depth > 6) return null
  const names = Array.isArray(value) ? [] : Object.keys(value)
  const near =
    names.find((name) => name === member) ?? names.find((name) => foldName(name) === foldName(member))
  if (near !== undefined) return near
  for (const inner of Object.values(value).slice(0, 100)) {
    const found = nameInside(inner, member, depth + 1)
    if (found !== null) return found
  }
  return null
}
