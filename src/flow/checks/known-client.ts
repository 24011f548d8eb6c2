// Whether the authorization endpoint knows the client, whatever the token endpoint says: both see the same client_id.
import { meaningOf } from '../../diagnosis/meaning.ts'
import { readRefusal, wordsOf } from '../../diagnosis/refusal.ts'
import type { Checking } from './checking.ts'

/** Null: its answer does not tell. */
export async function isClientKnown({ questions }: Pick<Checking, 'questions'>): Promise<boolean | null> {
  const authorized = await questions.authorize()
  if (authorized === null) return null
  const { response, sentOnTo, last } = authorized
  if (response !== null)
    return !['invalid_client', 'unauthorized_client'].includes(response.get('error') ?? '')
  if (sentOnTo !== null) return sentOnTo.searchParams.has('error') ? null : true
  if (last.sent.response === null) return null
  const refusal = readRefusal(last.sent.response)
  if (refusal.status < 400) return null
  const says = `${refusal.code ?? ''} ${wordsOf(refusal) ?? ''}`
  return refusal.code === 'invalid_client' || meaningOf(says) === 'client' ? false : null
}
