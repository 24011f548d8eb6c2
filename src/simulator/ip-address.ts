// IP addresses in one spelling each, so that they can be compared.

const byte = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const ipv4Pattern = new RegExp(`^${byte}(?:\\.${byte}){3}$`)

/**
 * Spells an address in the canonical way, without a zone; an IPv4 address inside an IPv6 one stands for itself.
 * Null when it is none.
 * @see https://www.rfc-editor.org/rfc/rfc5952#section-4
 */
export function normalizeAddress(text: string): string | null {
  const address = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (ipv4Pattern.test(address)) return address
  const [withoutZone = ''] = address.split('%')
  if (!/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(withoutZone) || !URL.canParse(`http://[${withoutZone}]/`))
    return null
  const canonical = new URL(`http://[${withoutZone}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  return mapped ? [mapped[1], mapped[2]].flatMap(toBytes).join('.') : canonical
}

function toBytes(group: string | undefined): number[] {
  const value = Number.parseInt(group ?? '0', 16)
  return [value >> 8, value & 0xff]
}
