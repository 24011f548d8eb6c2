// Compares the numbers that an answer names with the one that was asked about; the recording only has them masked.
import { contradictionIn } from '../camara/doubt.ts'
import { hashPhoneNumber } from '../camara/phone-number.ts'
import { readBody } from '../wire/body.ts'

/** Finds the member by which an answer is about another number, or contradicts its own verdict; null: none does. */
export async function findContradiction(
  text: string,
  phoneNumber: string,
  answer: 'verified' | 'mismatch',
): Promise<string | null> {
  const body = readBody(text)
  if (body.kind !== 'object') return null
  const hash = await hashPhoneNumber(phoneNumber)
  return contradictionIn(body.object, { phoneNumber, hash, isVerified: answer === 'verified' })
}
