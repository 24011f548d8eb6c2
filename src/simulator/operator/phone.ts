// The phone that a browser plays: which of its SIMs carries the data, and how it is connected.
import { readCookies } from '../cookie.ts'
import type { Line, Lines } from './lines.ts'
import type { Call, Parameters } from '../request.ts'

const connections = ['mobile', 'wifi', 'vpn'] as const
export type Connection = (typeof connections)[number]

export interface Phone {
  /** The line that carries the data. */
  line: Line
  connection: Connection
}

const cookieName = 'nv_phone'
const rememberedSeconds = 30 * 24 * 3600

/** Reads the phone that was chosen in the form; undefined when the form names none. */
export function readChosenPhone(form: Parameters, lines: Lines): Phone | undefined {
  return readPhone(form.get('line') ?? '', form.get('connection') ?? '', lines)
}

/** Reads the phone that the browser played last; otherwise that of the line at hand, or the first, on mobile data. */
export function readRememberedPhone(call: Call, lines: Lines, line: Line | undefined): Phone | undefined {
  const [digits = '', connection = ''] = readCookies(call, cookieName).get(cookieName)?.split('.') ?? []
  const first = line ?? lines.phones[0]?.[0]
  return readPhone(`+${digits}`, connection, lines) ?? (first && { line: first, connection: 'mobile' })
}

/** Writes the cookie of the operator's origin that remembers a phone. */
export function rememberPhone({ line, connection }: Phone): string {
  const value = `${line.phoneNumber.slice(1)}.${connection}`
  return `${cookieName}=${value}; Path=/identify; Max-Age=${rememberedSeconds}; HttpOnly; SameSite=Lax`
}

function readPhone(phoneNumber: string, connection: string, lines: Lines): Phone | undefined {
  const line = lines.withNumber(phoneNumber)
  const known = connections.find((name) => name === connection)
  return line && known && { line, connection: known }
}
