// The OpenAPI documents of CAMARA and Telefónica, read where they lie: what each lists, and a validator that knows them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Document, OpenAPIBackend, SetMatchType } from 'openapi-backend'
import { parse } from 'yaml'

const reference = join(import.meta.dirname, '../../../shared/reference')

/** A request and its answer as they were on the wire; header names are in lower case. */
export interface WireExchange {
  method: string
  path: string
  query: string
  requestHeaders: Record<string, string>
  requestBody: string
  status: number
  responseHeaders: Record<string, string>
  responseBody: string
}

/** An answer that a document lists: one for each error code, where it names some. */
export interface ListedAnswer {
  operationId: string
  status: number
  /** Null: the document names none. */
  code: string | null
}

export interface OpenedDocument {
  /** Every answer of every operation. */
  answers: readonly ListedAnswer[]
  /** Gives what is wrong with a request; the path is that beneath the document's server. */
  checkRequest(exchange: WireExchange): unknown[]
  /** Gives what is wrong with an answer; one that is not listed is wrong, too. */
  checkResponse(exchange: WireExchange): unknown[]
}

/** Reads a document, after changing what no message could ever fulfil; null when it is absent. */
export async function openDocument(
  path: string,
  amend: (text: string) => string = (text) => text,
): Promise<OpenedDocument | null> {
  const file = join(reference, path)
  if (!existsSync(file)) return null
  const definition = parse(amend(readFileSync(file, 'utf8'))) as Document
  const backend = new OpenAPIBackend({
    definition,
    strict: true,
    ajvOpts: { strict: false, allErrors: true },
  })
  await backend.init()
  const operations = backend.router.getOperations() as unknown as Operation[]
  const find = ({ method, path }: WireExchange) => {
    const found = operations.find((one) => one.method === method.toLowerCase() && one.path === path)
    if (!found) throw new Error(`The document has no ${method} ${path}`)
    return found
  }
  return {
    answers: operations.flatMap(listAnswers),
    checkRequest: (exchange) => {
      const { method, path, query, requestHeaders: headers, requestBody } = exchange
      const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded')
      // The validator knows forms as objects only.
      const body = isForm ? Object.fromEntries(new URLSearchParams(requestBody)) : requestBody || undefined
      const request = { method, path, headers, query, body }
      return backend.validator.validateRequest(request, find(exchange).operationId).errors ?? []
    },
    checkResponse: (exchange) => {
      const { operationId, responses } = find(exchange)
      const listed = responses[exchange.status]
      if (!listed) return [`${exchange.status} is not listed`]
      const { status, responseHeaders, responseBody } = exchange
      const types = Object.keys(listed.content ?? {})
      const type = responseHeaders['content-type']?.split(';')[0] ?? 'none'
      if (types.length === 0) return []
      if (!types.includes(type)) return [`The type is ${type}, not ${types.join(' or ')}`]
      const { validator } = backend
      const headers = { statusCode: status, setMatchType: SetMatchType.Superset }
      return [
        ...(validator.validateResponse(JSON.parse(responseBody), operationId, status).errors ?? []),
        ...(validator.validateResponseHeaders(responseHeaders, operationId, headers).errors ?? []),
      ]
    },
  }
}

interface Operation {
  operationId: string
  method: string
  path: string
  responses: Record<string, ListedResponse>
}

interface ListedResponse {
  description: string
  content?: Record<
    string,
    { schema?: Schema; example?: Example; examples?: Record<string, { value: Example }> }
  >
}

interface Schema {
  allOf?: Schema[]
  properties?: { code?: { enum?: string[] } }
}

interface Example {
  code: string
}

/** Gathers the codes that examples, schema and description of a response name. */
function listAnswers({ operationId, responses }: Operation): ListedAnswer[] {
  return Object.entries(responses).flatMap(([status, { description, content = {} }]) => {
    const codes = new Set([...description.matchAll(/"code": *"([\w.]+)"/g)].map(([, code]) => code ?? ''))
    for (const { schema, example, examples = {} } of Object.values(content)) {
      for (const { code } of [example, ...Object.values(examples).map(({ value }) => value)].filter(
        (one) => one !== undefined,
      )) {
        codes.add(code)
      }
      for (const part of [schema, ...(schema?.allOf ?? [])]) {
        for (const code of part?.properties?.code?.enum ?? []) codes.add(code)
      }
    }
    const named: Array<string | null> = codes.size === 0 ? [null] : [...codes]
    return named.map((code) => ({ operationId, status: Number(status), code }))
  })
}
