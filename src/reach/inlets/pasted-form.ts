// Reads the form of one of nv's pages, which takes the address the phone ended on.
import type { IncomingRequest } from '../../context.ts'
import { maxPastedLength } from './pasted-texts.ts'

/** Gives what was pasted, or what to say in place of judging it, with the status for it. */
export function readPastedForm(
  request: IncomingRequest,
): { pasted: string } | { problem: string; status: number } {
  const pasted = new URLSearchParams(request.body).get('address')?.trim() ?? ''
  if (request.isTooLarge || pasted.length > maxPastedLength)
    return { problem: 'That is too long to be an address.', status: 413 }
  return pasted === '' ? { problem: 'Nothing was pasted.', status: 422 } : { pasted }
}
