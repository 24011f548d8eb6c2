// Recognises what somebody brings, and explains it. Pure: nothing is sent anywhere.
import { readRefusal } from '../diagnosis/refusal.ts'
import type { Finding } from '../run/finding.ts'
import { createRedactor, type Redactor } from '../run/redaction.ts'
import { secretsIn } from '../run/secrets.ts'
import { readBody } from '../wire/body.ts'
import { readApiAnswer, readBackchannelResponse, readLookalike, readTokenResponse } from './answers.ts'
import { readAuthorizeUrl } from './authorize-url.ts'
import { readCallbackUrl } from './callback-url.ts'
import { readCurl, readProgram } from './curl.ts'
import { readCurlOutput } from './curl-output.ts'
import { readDiscoveryDocument, readEndpointUrl, readOperatorToken } from './documents.ts'
import { readErrorBody, readErrorResponse, splitResponse } from './error-body.ts'
import { readHar } from './har.ts'
import type { Given, Inspection, Reader } from './inspection.ts'
import { readJwt } from './jwt.ts'
import { readKeySet, readPackedKey, readPem } from './key.ts'
import { readNetworkError } from './network-error.ts'
import { readApiBody } from './number-body.ts'
import { readForm } from './request.ts'
import { looseSecretsIn } from './loose-secrets.ts'
import { readCheck, readRun } from './run-file.ts'
import { unwrappingsOf } from './wrapping.ts'

/** The readers of a whole text, in the order in which they are asked; the first that recognises it has it. */
const readers: readonly Reader[] = [
  readRun,
  readCheck,
  readHar,
  readCurl,
  readProgram,
  readResponse,
  readPem,
  readPackedKey,
  readJwt,
  readOperatorToken,
  readKeySet,
  readDiscoveryDocument,
  readTokenResponse,
  readBackchannelResponse,
  readApiAnswer,
  readApiBody,
  readCoded,
  ...[readAuthorizeUrl, readCallbackUrl, readEndpointUrl].map(ofOneLine),
  readForm,
  // Before anything is taken out of it: what is nested in an answer is no answer.
  readLookalike,
  readNetworkError,
  readCurlOutput,
]

/** Has an address read only where the text is no more than that. */
function ofOneLine(read: Reader): Reader {
  return (text, given) => (/\s|^<[^<>]*\|/.test(text) ? null : read(text, given))
}

/** Reads JSON in which a server sends a code of its own: whatever else is in it, it is an error. */
function readCoded(text: string, given: Given): Inspection | null {
  if (readBody(text).kind !== 'object') return null
  const { code } = readRefusal({
    status: 400,
    headers: [],
    body: { text, byteLength: text.length, isCut: false },
  })
  return code === null ? null : readErrorBody(text, given)
}

/** Reads the body of a response that was printed with its status and headers. */
async function readResponse(text: string, given: Given): Promise<Inspection | null> {
  const response = splitResponse(text)
  if (response === null) return null
  const body = response.body?.text ?? ''
  const location = response.headers.find(([name]) => name === 'location')?.[1]
  if (response.status >= 300 && response.status < 400 && location !== undefined)
    return (
      readCallbackUrl(location, given) ??
      readAuthorizeUrl(location, given) ??
      readErrorResponse(response, given)
    )
  // An error in a challenge is one, whatever the body says.
  const isRefused = response.status >= 400 || readRefusal(response).challenge?.error != null
  if (isRefused) return readErrorResponse(response, given)
  return recognise(body, given)
}

/** Inspects a text; null if nothing recognises it. Everything in the result is redacted. */
export async function inspect(text: string, known: Omit<Given, 'redactor'>): Promise<Inspection | null> {
  const redactor = createRedactor()
  const trimmed = unwrap(text)
  for (const secret of secretsIn({
    headers: [],
    url: trimmed.length < 20_000 ? trimmed : '',
    body: { text: trimmed, byteLength: 0, isCut: false },
  }))
    redactor.conceal(secret)
  for (const secret of looseSecretsIn(trimmed)) redactor.conceal(secret)
  const found = await recognise(trimmed, { ...known, redactor })
  return found === null ? null : redact(found, redactor)
}

const maxDepth = 3

/** Recognises a text, or what is wrapped in it. */
async function recognise(text: string, given: Given, depth = 0): Promise<Inspection | null> {
  const found = await firstOf(readers, text, given)
  if (found !== null) return found
  if (depth < maxDepth)
    for (const inside of unwrappingsOf(text)) {
      const inner = await recognise(inside, given, depth + 1)
      if (inner !== null && counts(inner, text)) return inner
    }
  return readErrorBody(text, given)
}

/** Tells whether what stands in a text says what the text is: an address has to be a step of the flow, a verdict the only one. */
function counts({ kind }: Inspection, text: string): boolean {
  if (kind === 'endpoint-url') return !/[\s{]/.test(text)
  return kind !== 'api-answer' || text.split(/devicePhoneNumber/i, 3).length < 3
}

async function firstOf(list: readonly Reader[], text: string, given: Given): Promise<Inspection | null> {
  for (const read of list) {
    const found = await read(text, given)
    if (found !== null) return found
  }
  return null
}

/** Takes off white space, a byte order mark, and the quotes of a JSON string. */
function unwrap(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (!trimmed.startsWith('"') || trimmed.length > 500_000) return trimmed
  try {
    const value: unknown = JSON.parse(trimmed)
    return typeof value === 'string' ? value.trim() : trimmed
  } catch {
    return trimmed
  }
}

/** A corrected URL was masked as it was made, so that it can be used. */
function redact(inspection: Inspection, redactor: Redactor): Inspection {
  const text = (value: string) => redactor.text(value)
  const textOrNull = (value: string | null) => (value === null ? null : text(value))
  return {
    ...inspection,
    summary: text(inspection.summary),
    facts: inspection.facts.map(({ name, value, meaning, problem }) => ({
      name: text(name),
      value: text(value),
      meaning: text(meaning),
      problem: textOrNull(problem),
    })),
    findings: inspection.findings.map((finding): Finding => ({
      ...finding,
      title: text(finding.title),
      cause: text(finding.cause),
      fix: text(finding.fix),
      reference: textOrNull(finding.reference),
    })),
  }
}
