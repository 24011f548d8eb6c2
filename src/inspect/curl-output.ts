// What `curl -v` prints: a request with its response, explained as a HAR of one entry.
import { explainHar } from './har.ts'
import type { Given, Inspection } from './inspection.ts'
import { readHeaders } from './seen.ts'

const maxLength = 300_000

/** Reads what `curl -v` prints; null when the text is something else, or no part of the flow. */
export function readCurlOutput(text: string, given: Given): Inspection | null {
  if (text.length > maxLength) return null
  const lines = text.split(/\r?\n/, 2000)
  const head = (mark: string) => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(2))
  const [sent = '', ...sentHeaders] = head('> ')
  const [received = '', ...receivedHeaders] = head('< ')
  const [, method = '', target = ''] = /^([A-Z]{3,7}) (\S+) HTTP/.exec(sent) ?? []
  const [, status] = /^HTTP\/[\d.]+ (\d{3})/.exec(received) ?? []
  const pairs = (list: readonly string[]) => readHeaders(list).map(([name, value]) => ({ name, value }))
  const headers = pairs(sentHeaders)
  const host = headers.find(({ name }) => name === 'host')?.value
  if (host === undefined || status === undefined) return null
  const rest = lines.filter((line) => !/^(?:[<>*{}] ?|\s*$)/.test(line))
  const body = lines.filter((line) => /^\{.*"/.test(line))
  const isToken = /\/token\b/.test(target) && method === 'POST'
  const request = {
    method,
    url: `https://${host}${target}`,
    headers,
    ...(isToken ? { postData: { mimeType: '', text: 'grant_type=' } } : {}),
  }
  const content = { text: (body.length > 0 ? body : rest).join('\n') }
  const response = { status: Number(status), headers: pairs(receivedHeaders), content }
  return explainHar({ log: { entries: [{ request, response }] } }, 'The output of curl -v', given)
}
