// The lines that the operator knows, and by what it recognises each.

export interface Line {
  /** In E.164. */
  phoneNumber: string
  /** The operator's name, as its pages show it. */
  operator: string
  /** The source address that the phone's mobile data comes from; null: recognised by choice on the operator's page only. */
  address: string | null
  /** The TS.43 token of the SIM; null: the phone has none. */
  operatorToken: string | null
  /** Whether the user has consented; a page of the operator can change it. */
  hasConsented: boolean
  /** The number of another SIM in the same phone, which does not carry the data. */
  secondSim: string | null
}

export interface Lines {
  all: readonly Line[]
  atAddress(address: string): Line | undefined
  withNumber(phoneNumber: string): Line | undefined
  withOperatorToken(operatorToken: string): Line | undefined
}

/** The line of every phone that names no other. */
export const defaultLine = '+34600000001'

/** The lines there are when none is given. */
export const defaultLines: readonly Line[] = [
  {
    phoneNumber: defaultLine,
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

/** Makes lines of their own state out of definitions. */
export function createLines(definitions: readonly Line[]): Lines {
  const all = definitions.map((line) => ({ ...line }))
  return {
    all,
    atAddress: (address) => all.find((line) => line.address === address),
    withNumber: (phoneNumber) => all.find((line) => line.phoneNumber === phoneNumber),
    withOperatorToken: (operatorToken) => all.find((line) => line.operatorToken === operatorToken),
  }
}
