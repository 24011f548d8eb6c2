// Phone numbers in E.164: reading what people type, hashing, masking.

/** The pattern of CAMARA's phoneNumber. */
export const e164Pattern = /^\+[1-9][0-9]{4,14}$/

/** A number that can't be read; `rule` says which rule it breaks. */
export interface UnreadableNumber {
  rule: string
}

/**
 * Reads a phone number as people write it: `+34 600-000.001`, `0034…`, `tel:+34…`.
 * Doesn't check whether such a number exists: test ranges are as good as any.
 */
export function parsePhoneNumber(text: string): string | UnreadableNumber {
  const written = text.normalize('NFKC').replace(/[\p{Cf}\s]/gu, '')
  const digits = written.replace(/^tel:([^;]*)(;[a-z0-9-]+(=[^;]*)?)*$/i, '$1').replace(/^00/, '+')
  if (digits === '') return { rule: 'It is empty.' }
  if (digits.includes('(0)')) {
    return { rule: 'The (0) is dialled inside the country only; leave it out after the country code.' }
  }
  const number = digits.replace(/[-–—‐‑−.()]/g, '')
  const stray = /[^+0-9]/u.exec(number)
  if (stray)
    return {
      rule: `It has ${JSON.stringify(stray[0])}, but only digits, separators and one leading + are allowed.`,
    }
  if (!number.startsWith('+')) return { rule: 'It has no country code: it must start with + or 00.' }
  if (number.lastIndexOf('+') > 0) return { rule: 'It has more than one +.' }
  if (number.startsWith('+0')) return { rule: 'No country code starts with 0.' }
  if (number.length < 6) return { rule: `It has ${number.length - 1} digits; a number has at least 5.` }
  if (number.length > 16) return { rule: `It has ${number.length - 1} digits; E.164 allows 15 at most.` }
  return number
}

/** Hashes a number as `hashedPhoneNumber` wants it: SHA-256 of the E.164 number with its +, as 64 hex digits. */
export async function hashPhoneNumber(phoneNumber: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(phoneNumber))
  return Buffer.from(digest).toString('hex')
}

/** Masks a number for everything written for others: the country's first digits and the last two stay. */
export function maskPhoneNumber(phoneNumber: string): string {
  const kept = 2
  return (
    phoneNumber.slice(0, kept + 1) + '*'.repeat(phoneNumber.length - 2 * kept - 1) + phoneNumber.slice(-kept)
  )
}
