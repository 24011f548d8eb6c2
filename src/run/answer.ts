// What an exchange brought, as it can be compared with that of another run.
import { isObject, readBody } from '../wire/body.ts'
import { headerOf, textOf } from '../wire/exchange.ts'
import { describeFailureCode } from '../wire/failure.ts'
import type { Exchange } from './recording.ts'
import { holdsPlaceholder } from './redaction/placeholder.ts'

/** An answer on one line; what of it decides how a run goes on, and all of it that is not new in every run. */
export interface Answer {
  shown: string
  decisive: string
  steady: string
}

/** A part of an answer; its name alone, or nothing, may be all that counts. */
type Part = readonly [shown: string, decisive: string, steady: string]

/** Values that say how it went, by the last part of the name. */
const decisiveNames =
  /^(?:code|reason|scope|status|status_?code|title|type|token_type|\w*error(?:_?code)?|devicePhoneNumber\w*)$/i

/** Values that are new each time. */
const freshNames =
  /(?:^|_|[a-z](?=[A-Z]))(?:at|correlator|date|expires_?in|iat|exp|id|instance|path|request_?id|time|timestamp|trace\w*|uuid)$/i

const maxMembers = 30

/** Describes what came back. */
export function answerOf({ response, failure }: Exchange): Answer {
  const parts: Part[] =
    response === null
      ? [alike(`no response: ${nameFailure(failure?.code)}`)]
      : [alike(`HTTP ${response.status}`)]
  if (response !== null) {
    if (failure !== null) parts.push(alike(`broke off: ${nameFailure(failure.code)}`))
    const location = headerOf(response, 'location')
    const challenge = /error="?([^",]+)/.exec(headerOf(response, 'www-authenticate') ?? '')?.[1]
    if (challenge !== undefined) parts.push(alike(`challenge ${challenge}`))
    parts.push(
      ...(location === null ? partsOfBody(textOf(response)) : [alike(`to ${describeLocation(location)}`)]),
    )
  }
  const join = (index: 0 | 1 | 2) =>
    parts
      .map((part) => part[index])
      .filter(Boolean)
      .join(', ')
  return { shown: join(0), decisive: join(1), steady: join(2) }
}

function alike(text: string): Part {
  return [text, text, text]
}

function nameFailure(code = 'unknown'): string {
  const words = describeFailureCode(code)
  return words === null ? code : `${words} (${code})`
}

function describeLocation(location: string): string {
  const query = new URLSearchParams(location.replace(/^[^?#]*[?#]?/, ''))
  const shown = ['error', 'error_description'].flatMap((name) =>
    query.has(name) ? [`${name}=${query.get(name)}`] : [],
  )
  const what = query.has('code') ? 'a code' : shown.join(', ')
  return `${location.replace(/[?#].*$/s, '')}${what === '' ? '' : ` with ${what}`}`
}

function partsOfBody(text: string): Part[] {
  const body = readBody(text)
  if (body.kind === 'object') return partsOfObject(body.object, '').slice(0, maxMembers)
  const title = /<title[^>]*>\s*([^<]{1,200}?)\s*<\/title>/i.exec(text)?.[1]
  const named = title === undefined ? body.found : `${body.found} ${JSON.stringify(title)}`
  return [[named, body.found, named]]
}

/** Names each member, those of objects in it too; of secrets only that they are there. */
function partsOfObject(object: Readonly<Record<string, unknown>>, prefix: string): Part[] {
  return Object.entries(object).flatMap(([name, value]): Part[] => {
    const path = `${prefix}${name}`
    if (isObject(value) && prefix.length < 100) return partsOfObject(value, `${path}.`)
    if (typeof value === 'string' && holdsPlaceholder(value)) return [alike(`${path} [redacted]`)]
    const whole = `${path} ${JSON.stringify(value)}`
    if (decisiveNames.test(name) || typeof value === 'boolean' || value === null) return [alike(whole)]
    return [[whole, path, freshNames.test(name) ? path : whole]]
  })
}
