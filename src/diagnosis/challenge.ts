// Reads WWW-Authenticate: what a server wants before it answers, and the error that it names there.
import { headersOf, type ResponseMessage } from '../wire/exchange.ts'

export interface Challenge {
  scheme: string
  realm: string | null
  scope: string | null
  error: string | null
  description: string | null
}

/** What a server asks for in place of what nv sent, as in Basic. */
export type Login = Pick<Challenge, 'scheme' | 'realm'>

/**
 * Reads the challenge of a response: of several the one that names an error.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function readChallenge(response: ResponseMessage): Challenge | null {
  const challenges = headersOf(response, 'www-authenticate').map((header) =>
    parseChallenge(header.slice(0, 4000)),
  )
  return challenges.find(({ error }) => error !== null) ?? challenges[0] ?? null
}

function parseChallenge(header: string): Challenge {
  const scheme = /^\s*([A-Za-z][\w-]*)/.exec(header)?.[1] ?? ''
  const pairs = [...header.matchAll(/([\w-]{1,40})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g)]
  const find = (name: string) => {
    const pair = pairs.find(([, key = '']) => key.toLowerCase() === name)
    const value = pair?.[2]?.replace(/\\(.)/g, '$1') ?? pair?.[3]
    return value === undefined || value === '' ? null : value
  }
  return {
    scheme,
    realm: find('realm'),
    scope: find('scope'),
    error: find('error'),
    description: find('error_description'),
  }
}
