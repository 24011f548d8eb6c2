// What only a check sees: it has no phone, and made-up codes and tokens.
import { numberVerification, quote, type Refused, rfc6749, withStatus, type Words } from './words.ts'

export const check = {
  certificate_ends_soon: ({
    host,
    validTo,
    days,
  }: {
    host: string
    validTo: string
    days: number
  }): Words => ({
    severity: 'warning',
    title: `The certificate of ${host} expires in ${days} day${days === 1 ? '' : 's'}`,
    cause: `It is valid until ${validTo}. After that, clients refuse the connection.`,
    fix: 'Ask the provider when it will be renewed.',
  }),
  clock_apart: ({ host, seconds }: { host: string; seconds: number }): Words => ({
    severity: 'warning',
    title: `The clock of ${host} is ${describeLength(Math.abs(seconds))} ${seconds < 0 ? 'behind' : 'ahead of'} this machine`,
    cause:
      'Its Date header says so. Signed requests carry a time, and servers refuse those that look expired or issued in the future.',
    fix: 'Set the clock of this machine. If it is right, report this to the provider.',
  }),
  own_key_differs: ({ host, keyId }: { host: string; keyId: string }): Words => ({
    title: `${host} publishes another key under the kid ${keyId}`,
    cause: 'The private key of the profile does not belong to that public key, so its signatures fail there.',
    fix: 'Use the private key that belongs to it (--key), or give the kid of this one (--key-id).',
    reference: 'https://www.rfc-editor.org/rfc/rfc7517#section-4.5',
  }),
  own_key_id_differs: ({
    host,
    keyId,
    found,
  }: {
    host: string
    keyId: string | null
    found: string | null
  }): Words => ({
    title: `${host} publishes your key under ${found === null ? 'no kid' : `the kid ${found}`}`,
    cause: `nv signs under ${keyId === null ? 'no kid' : `the kid ${keyId}`}, so the gateway may not find the key.`,
    fix: found === null ? 'Leave --key-id out.' : `Give that one: --key-id ${found}`,
    reference: 'https://www.rfc-editor.org/rfc/rfc7517#section-4.5',
  }),
  made_up_code_taken: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} gave an access token for a code that nv made up`,
    cause: 'A mock may do that. On a real gateway, anybody could get a token that way.',
    fix: 'Check that this is the gateway you mean (--token-url).',
    reference: `${rfc6749}#section-4.1.3`,
  }),
  made_up_token_taken: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} accepted an access token that nv made up`,
    cause: 'A mock may do that. A real API refuses such a token with 401.',
    fix: 'Check that this is the API you mean (--api-url).',
    reference: numberVerification,
  }),
  credentials_unclear: (facts: Refused): Words => ({
    severity: 'warning',
    title: `${facts.host} does not say whether it accepts the credentials${withStatus(facts)}`,
    cause: `${quote(facts.says)}It refused a made-up code, but did not say whether the code or the client is wrong.`,
    fix: 'Try the whole flow with a phone: nv verify',
    reference: facts.reference ?? `${rfc6749}#section-5.2`,
  }),
  api_place_unclear: ({ host, status }: { host: string; status: number }): Words => ({
    severity: 'warning',
    title: `${host} refused the made-up token, but not as the API does${withStatus({ status })}`,
    cause: 'Something in front of the API may have answered, without looking at the path or the version.',
    fix: "Compare the API URL (--api-url) and --api-version with the provider's documents.",
    reference: numberVerification,
  }),
}

function describeLength(seconds: number): string {
  const units: ReadonlyArray<[name: string, seconds: number]> = [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
  ]
  const [name, length] = units.find(([, unit]) => seconds >= 2 * unit) ?? ['s', 1]
  return `${Math.round(seconds / length)} ${name}`
}
