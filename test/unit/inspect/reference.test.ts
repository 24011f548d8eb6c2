// Every URL, form and answer in the documents of CAMARA and Telefónica is recognised for what it is.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { codesOf, inspectText } from '../../support/inspect.ts'

const reference = join(import.meta.dirname, '../../../../shared/reference')
const read = (path: string) => readFileSync(join(reference, path), 'utf8')

interface Answer {
  path: string
  status: string
  text: string
}

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** Follows a reference inside the document. */
function resolve(document: Json, value: unknown): Json {
  if (!isObject(value)) return {}
  const target = value['$ref']
  if (typeof target !== 'string') return value
  return target
    .replace('#/', '')
    .split('/')
    .reduce<Json>((found, name) => resolve(document, found[name]), document)
}

/** Lists the examples of all the answers of a document. */
function answersIn(path: string): Answer[] {
  const document = parse(read(path)) as Json
  const operations = Object.values(document['paths'] as Json).flatMap((item) => Object.values(item as Json))
  return operations.filter(isObject).flatMap((operation) =>
    Object.entries((operation['responses'] ?? {}) as Json).flatMap(([status, response]) => {
      const content = Object.values((resolve(document, response)['content'] ?? {}) as Json)
      const examples = content
        .filter(isObject)
        .flatMap((media) => [
          ...(media['example'] === undefined ? [] : [media['example']]),
          ...Object.values((media['examples'] ?? {}) as Json).map((one) => resolve(document, one)['value']),
        ])
      return examples
        .filter((example) => example !== undefined)
        .map((example) => ({
          path,
          status,
          text: typeof example === 'string' ? example : JSON.stringify(example),
        }))
    }),
  )
}

interface Item {
  name: string
  item?: Item[]
  request?: {
    method: string
    url: { raw?: string } | string
    body?: {
      mode: string
      raw?: string
      urlencoded?: Array<{ key: string; value: string; disabled?: boolean }>
    }
  }
  response?: Array<{ body?: string | null; code?: number }>
}

const flatten = (items: readonly Item[]): Item[] => items.flatMap((one) => [one, ...flatten(one.item ?? [])])

/** Puts the values of the Sandbox's environment in. */
function createFill(): (text: string) => string {
  const { values } = JSON.parse(read('telefonica/sandbox.postman_environment.json')) as {
    values: Array<{ key: string; value: string }>
  }
  const known = new Map(values.map(({ key, value }) => [key, value]))
  return (text) => text.replace(/\{\{([\w-]+)\}\}/g, (all, name: string) => known.get(name) ?? all)
}

function count(kinds: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((one) => one === kind).length]),
  )
}

describe.skipIf(!existsSync(reference))('the documents (skipped where they are absent)', () => {
  test('every example of an answer', async () => {
    const paths = [
      'telefonica',
      ...readdirSync(join(reference, 'camara')).map((release) => `camara/${release}`),
    ].flatMap((folder) =>
      readdirSync(join(reference, folder))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => `${folder}/${name}`),
    )
    const answers = paths.flatMap(answersIn)
    const kinds: string[] = []
    for (const { path, status, text } of answers) {
      const inspection = await inspectText(text)
      const kind = inspection?.kind ?? 'nothing'
      kinds.push(kind)
      const expected = status.startsWith('2')
        ? ['api-answer', 'token-response', 'backchannel-response']
        : ['error']
      expect(expected, `${path} ${status} ${text.slice(0, 200)}`).toContain(kind)
      if (kind === 'error') expect(codesOf(inspection).length, text).toBeGreaterThan(0)
    }
    expect(count(kinds)).toEqual({ error: 102 })
  })

  test('every request of the Postman collection, bare and as curl', async () => {
    const { item } = JSON.parse(read('telefonica/postman_collection.json')) as { item: Item[] }
    const fill = createFill()
    const kinds: string[] = []
    for (const { request, response = [] } of flatten(item)) {
      for (const { body } of response) if (body) kinds.push((await inspectText(body))?.kind ?? 'another API')
      if (request === undefined) continue
      const url = typeof request.url === 'string' ? request.url : (request.url.raw ?? '')
      const form = (request.body?.urlencoded ?? [])
        .filter(({ disabled }) => disabled !== true)
        .map(({ key, value }) => `${key}=${encodeURIComponent(fill(value))}`)
        .join('&')
      for (const text of [url, fill(url)]) {
        const kind = (await inspectText(text))?.kind ?? 'another API'
        kinds.push(kind)
        const path = url.split('?')[0] ?? ''
        if (path.endsWith('/authorize')) expect(kind).toBe('authorize-url')
        if (/\/(token|bc-authorize)$|number-verification/.test(path)) expect(kind).toBe('endpoint-url')
      }
      if (form !== '') {
        const kind = (await inspectText(form))?.kind
        expect(kind, form).toBe(url.endsWith('/token') ? 'token-request' : 'backchannel-request')
        kinds.push(kind ?? '')
      }
      const curl = `curl -X ${request.method} '${fill(url)}' -d '${form || fill(request.body?.raw ?? '')}'`
      expect((await inspectText(curl))?.kind).toBe('curl')
      kinds.push('curl')
    }
    expect(count(kinds)).toEqual({
      'authorize-url': 2,
      'endpoint-url': 22,
      'token-request': 4,
      'backchannel-request': 2,
      'backchannel-response': 2,
      curl: 30,
      'another API': 38,
    })
  })

  test('every address and command of the sample page', async () => {
    const page = read('number-verification-samples.md')
    const addresses = [...page.matchAll(/https:\/\/[^\s"'`)<>]+/g)].map(([address]) => address)
    const kinds: string[] = []
    for (const address of addresses) {
      const kind = (await inspectText(address))?.kind ?? 'another page'
      kinds.push(kind)
      if (/\/(token|verify|authorize)$/.test(address)) expect(kind).toBe('endpoint-url')
    }
    const sample =
      'https://opengateway.aggregator.com/authorize?client_id=my-app&response_type=code&scope=dpv%3AFraudPreventionAndDetection%23number-verification-verify-read&redirect_uri=https%3A%2F%2Fmy_app_server%2Fnumberverification-callback&state=%2B34555555555'
    expect(codesOf(await inspectText(sample)).toSorted()).toEqual(['pkce_missing', 'state_guessable'])
    expect(count(kinds)).toEqual({ 'endpoint-url': 7, 'another page': 5 })
  })
})
