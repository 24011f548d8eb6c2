// Answers of the gateways of the fourth round.
import type { json } from '../../gateway.ts'
import { against } from '../failure.ts'

export type Answer = ReturnType<typeof json>

/** Answers the token request so. */
export const token = (answer: Answer, profile = {}) => against({ token: () => answer }, { profile })

/** Answers the API call so. */
export const verify = (answer: Answer) => against({ verify: () => answer })

/** Answers the authorization request so. */
export const authorize = (answer: Answer) => against({ authorize: () => answer })

export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { 'content-type': 'text/plain', ...headers }, body }
}

export function html(
  status: number,
  title: string,
  body: string,
  headers: Record<string, string> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body>${body}</body></html>`,
  }
}
