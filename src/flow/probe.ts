// One more harmless request where it settles a cause: which client authentication the token endpoint takes.
import type { Context } from '../context.ts'
import { type AuthMethod, createClientAuthentication } from '../oauth/client-authentication.ts'
import { grantTypes } from '../oauth/grants.ts'
import { buildTokenRequest } from '../oauth/token.ts'
import type { Recording } from '../run/recording.ts'
import type { Target } from '../target/target.ts'
import type { Recorder } from './recorder.ts'
import type { Send } from './send.ts'

/** Exists at no gateway: a client that is accepted gets `invalid_grant` for it, and no code is spent. */
const bogusCode = 'nv-probe-no-such-code'

/**
 * Tries the other ways to send the client secret, after a token endpoint refused the credentials. Each request is
 * recorded as a probe, and says which method it used.
 */
export async function probeCredentials(
  { context, recorder, send }: { context: Context; recorder: Recorder; send: Send },
  profile: Target,
): Promise<void> {
  const { target, end, exchanges } = recorder.recording()
  const methods = end?.kind === 'stopped' && end.step === 'token' ? otherMethods(profile, exchanges) : []
  if (methods.length === 0 || target.tokenUrl === null) return
  const count = methods.length === 1 ? 'one more request' : `${methods.length} more requests`
  recorder.emit({
    type: 'note',
    text: `Probing with ${count}, with a made-up code: ${methods.join(', ')}`,
  })
  const parameters = {
    grant_type: grantTypes['authorization-code'],
    code: bogusCode,
    redirect_uri: target.redirectUri ?? undefined,
  }
  for (const method of methods) {
    const client = { ...profile, tokenUrl: target.tokenUrl, clientId: target.clientId ?? profile.clientId }
    const authenticate = createClientAuthentication({ ...client, method }, context)
    const request = await buildTokenRequest({ tokenUrl: target.tokenUrl, parameters, authenticate })
    const { exchange } = await send({ ...request, step: 'token', kind: 'probe' })
    recorder.observe({ code: 'method_probed', step: 'token', exchange, facts: { method } })
  }
}

/** Lists the methods that are worth a try: for a secret that was refused, the other ways to send it. */
function otherMethods(
  { authMethod, clientSecret, clientId }: Target,
  exchanges: Recording['exchanges'],
): AuthMethod[] {
  const refused = exchanges.findLast(({ kind }) => kind === 'token')?.response
  const isOfClient = refused?.status === 401 || /invalid_client/.test(refused?.body?.text ?? '')
  if (!isOfClient || clientSecret === '' || !authMethod.startsWith('client_secret')) return []
  const hasSigns = /[^\w.*-]/.test(clientId + clientSecret)
  const methods: AuthMethod[] = ['client_secret_basic', 'client_secret_post']
  return [...methods, ...(hasSigns ? (['client_secret_basic_raw'] as const) : [])].filter(
    (method) => method !== authMethod,
  )
}
