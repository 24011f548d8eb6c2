// An answer of the API: what a verdict may mean, and what is odd about it.
import { numberVerification, type Words } from './words.ts'

/** What the API made of the other form of the number. */
export interface ProbedForm {
  isHashed: boolean
  /** `token`: it did not take the access token a second time. */
  result: 'true' | 'false' | 'refused' | 'token'
  /** Whether a refusal has the code and the words of the first one. */
  isSame: boolean
  /** The words of a refusal, or its code. */
  says: string | null
}

/** Names a form of the number. */
export const formOf = ({ isHashed }: { isHashed: boolean }) => (isHashed ? 'the hash' : 'the plain number')
/** Names the option that sends a form of the number. */
export const flagOfForm = ({ isHashed }: { isHashed: boolean }) =>
  isHashed ? 'with --hashed' : 'without --hashed'

export const verdict = {
  verdict_random: (): Words => ({
    severity: 'info',
    title: 'This verdict is random',
    cause:
      'A mock answers true for a number that ends in 1 and false for one that ends in 2. For any other it answers at random.',
    fix: 'Use a number that ends in 1 or 2.',
  }),
  mismatch_explained: (facts: {
    isHashed: boolean
    isBySim: boolean
    /** Whether a mock answered, about a number to which it always says false. */
    isOfMock: boolean
    probed: ProbedForm | null
  }): Words => {
    const { isHashed, isBySim, isOfMock, probed } = facts
    if (isOfMock)
      return {
        severity: 'info',
        title: 'A mock says false to every number that ends in 2',
        cause: 'This answer is simulated: a mock goes by the last digit, and no line was compared.',
        fix: 'Use a number that ends in 1 for true. For a real answer, run nv against a real gateway.',
      }
    if (probed?.result === 'true')
      return {
        severity: 'warning',
        title: `The API says false to ${formOf(facts)}, and true to ${formOf(probed)}`,
        cause:
          'A probe asked about the same number in the other form, under the same access token. The operator compares only one form.',
        fix: `Run it ${flagOfForm(probed)}, and report it to the provider.`,
        reference: numberVerification,
      }
    const shown =
      probed?.result === 'false'
        ? ` A probe with ${formOf(probed)} returned false too.`
        : probed?.result === 'token'
          ? ` A probe with ${formOf(probed)} was refused for the access token, which may be good for one call.`
          : isHashed
            ? ' Some operators compare the plain number only.'
            : ''
    return {
      severity: 'info',
      title: 'If the number is right, the operator may still say false',
      cause: `${isBySim ? 'The SIM token belongs to another line' : 'The other SIM carries the data'}, the number was ported, or this operator says false when it doesn't know.${shown}`,
      fix: `Check which line it is with nv number${isHashed && probed?.result !== 'false' ? ', and try without --hashed' : ''}.`,
      reference: numberVerification,
    }
  },
  answer_cached: ({ host, seconds }: { host: string; seconds: number | null }): Words => ({
    severity: 'warning',
    title: `${host} answered from a cache`,
    cause: `${seconds === null ? 'Its header Warning says so' : `The answer was ${seconds} s old when it came (Age)`}, so it was made before nv asked: for another call, and maybe for another phone.`,
    fix: 'Do not rely on this result. Ask the provider not to cache answers of this API.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9111#section-5.1',
  }),
  correlator_differs: ({
    host,
    sent,
    returned,
  }: {
    host: string
    sent: string
    returned: string
  }): Words => ({
    severity: 'info',
    title: `${host} returned a different correlator`,
    cause: `Sent: ${sent}. Returned: ${returned}. CAMARA requires the same one back.`,
    fix: 'Give both when you ask the provider.',
    reference: 'https://github.com/camaraproject/Commonalities',
  }),
}
