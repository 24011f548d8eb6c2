// The lines that the operator knows, and by what it recognises each.
import { normalizeAddress } from '../../wire/addresses.ts'
import { mockLine } from '../../wire/simulated.ts'

export interface Line {
  /** In E.164. */
  phoneNumber: string
  /** The operator's name, as its pages show it. */
  operator: string
  /**
   * The source address of the phone's mobile data, as `normalizeAddress` spells it; null: recognised by choice on the
   * operator's page only.
   */
  address: string | null
  /** The TS.43 token of the SIM; null: the phone has none. */
  operatorToken: string | null
  /** Whether the user has consented to everything; the operator's consent page asks for one client and purpose. */
  hasConsented: boolean
  /** The number of the other SIM in the same phone, which does not carry the data. */
  secondSim: string | null
}

export interface Lines {
  /** By phone: the SIM that carries the data as long as nobody picks the other one, and the other one, if any. */
  phones: ReadonlyArray<readonly Line[]>
  atAddress(address: string): Line | undefined
  withNumber(phoneNumber: string): Line | undefined
  withOperatorToken(operatorToken: string): Line | undefined
  /** Tells whether the user of a line has consented to what a client asks for. */
  hasConsent(line: Line, asked: ConsentRequest): boolean
  /** Remembers the consent of a line's user; of many, the oldest are forgotten. */
  giveConsent(line: Line, asked: ConsentRequest): void
}

/** Consent is for one client and for the purpose in its scope. */
export interface ConsentRequest {
  clientId: string
  scope: string
}

const maxConsents = 1000

/** The lines there are when none is given. */
export const defaultLines: readonly Line[] = [
  {
    phoneNumber: mockLine,
    operator: 'Operator One',
    address: '127.0.0.2',
    operatorToken: 'simulator-operator-token-1',
    hasConsented: true,
    secondSim: null,
  },
  {
    phoneNumber: '+34600000002',
    operator: 'Operator One',
    address: '127.0.0.3',
    operatorToken: 'simulator-operator-token-2',
    hasConsented: true,
    secondSim: null,
  },
]

/** Makes lines with a state of their own out of definitions; a phone's second SIM becomes a line too. */
export function createLines(definitions: readonly Line[]): Lines {
  const phones = definitions.map((definition) => {
    const line = { ...definition }
    return line.secondSim === null ? [line] : [line, secondLine(line, line.secondSim)]
  })
  const all = phones.flat()
  const consents = new Set<string>()
  return {
    phones,
    atAddress: (address) => {
      const normalized = normalizeAddress(address)
      return normalized === null ? undefined : all.find((line) => line.address === normalized)
    },
    withNumber: (phoneNumber) => all.find((line) => line.phoneNumber === phoneNumber),
    withOperatorToken: (operatorToken) => all.find((line) => line.operatorToken === operatorToken),
    hasConsent: (line, asked) => line.hasConsented || consents.has(consentKey(line, asked)),
    giveConsent: (line, asked) => {
      for (const oldest of consents) if (consents.size >= maxConsents) consents.delete(oldest)
      consents.add(consentKey(line, asked))
    },
  }
}

function consentKey({ phoneNumber }: Line, { clientId, scope }: ConsentRequest): string {
  return JSON.stringify([phoneNumber, clientId, /dpv:[^\s#]*/.exec(scope)?.[0]])
}

function secondLine(first: Line, phoneNumber: string): Line {
  return { ...first, phoneNumber, address: null, operatorToken: null, secondSim: first.phoneNumber }
}
