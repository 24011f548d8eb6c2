// Rules of an authorization request that more than one place needs.

/** The values of prompt. */
export const prompts: readonly string[] = ['none', 'login', 'consent', 'select_account']

/**
 * Tells whether a code_challenge or a code_verifier has the right form.
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.1
 */
export function isPkceValue(value: string): boolean {
  return /^[A-Za-z0-9._~-]{43,128}$/.test(value)
}
