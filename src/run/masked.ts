// A run that may be shown to others.
import { e164Pattern, maskPhoneNumber, parsePhoneNumber } from '../camara/phone-number.ts'
import { mapStrings } from './fit.ts'
import type { Run } from './run.ts'

/** Shorter numbers turn up by chance. */
const minDigits = 7

/** Masks the phone number of a run wherever it is; what else was recorded is redacted and masked already. */
export function maskRun(run: Run): Run {
  const { phoneNumber } = run
  if (phoneNumber === null || isMasked(phoneNumber)) return run
  const number = parsePhoneNumber(phoneNumber)
  // What can't be read as a number could be anything.
  if (typeof number !== 'string' || !e164Pattern.test(number)) return { ...run, phoneNumber: null }
  const masked = maskPhoneNumber(number)
  const digits = number.slice(1)
  const isTelling = digits.length >= minDigits
  return {
    ...mapStrings(run, (text) =>
      isTelling ? text.replaceAll(digits, masked.slice(1)) : text.replaceAll(number, masked),
    ),
    id: run.id,
    phoneNumber: masked,
  }
}

/** Tells whether a number was masked before. */
export function isMasked(phoneNumber: string): boolean {
  return /^\+\d*\*+\d*$/.test(phoneNumber)
}
