// One more harmless request where it settles a cause: which client authentication the token endpoint takes.
import type { Context } from '../context.ts'
import { type AuthMethod, createClientAuthentication } from '../oauth/client-authentication.ts'
import { grantTypes } from '../oauth/grants.ts'
import { buildTokenRequest } from '../oauth/token.ts'
import type { Recording } from '../run/recording.ts'
import type { Target } from '../target/target.ts'
import type { Recorder } from './recorder.ts'
import type { Send } from './send.ts'

/** Doesn't exist at any gateway: an accepted client gets `invalid_grant` for it, and no real code is spent. */
const bogusCode = 'nv-probe-no-such-code'

/**
 * Tries the other ways to send the client secret, after a token endpoint refused the credentials. Each request is
 * recorded as a probe, and says which method it used. Where one is accepted, the method that was refused is tried with
 * the made-up code too: a server that looks at the code before the client says `invalid_grant` to any.
 */
export async function probeCredentials(
  { context, recorder, send }: { context: Context; recorder: Recorder; send: Send },
  target: Target,
): Promise<void> {
  const { target: known, end, exchanges } = recorder.recording()
  const methods = end?.kind === 'stopped' && end.step === 'token' ? otherMethods(target, exchanges) : []
  if (methods.length === 0 || known.tokenUrl === null) return
  const count = methods.length === 1 ? 'one more request' : `${methods.length} more requests`
  recorder.emit({
    type: 'note',
    text: `Probing with ${count}, with a made-up code: ${methods.join(', ')}`,
  })
  const parameters = {
    grant_type: grantTypes['authorization-code'],
    code: bogusCode,
    redirect_uri: known.redirectUri ?? undefined,
  }
  const client = { ...target, tokenUrl: known.tokenUrl, clientId: known.clientId ?? target.clientId }
  const ask = async (method: AuthMethod) => {
    const authenticate = createClientAuthentication({ ...client, method }, context)
    const request = await buildTokenRequest({ tokenUrl: client.tokenUrl, parameters, authenticate })
    const { exchange, answer } = await send({ ...request, step: 'token', kind: 'probe' })
    recorder.observe({ code: 'method_probed', step: 'token', exchange, facts: { method } })
    return answer
  }
  for (const method of methods) {
    const answer = await ask(method)
    // It may lock the client out: no more attempts.
    if (answer === null || [423, 429].includes(answer.status) || answer.status >= 500) return
    if (!/invalid_grant/.test(answer.text)) continue
    recorder.emit({
      type: 'note',
      text: `One more request shows whether the server looks at the client first: ${target.authMethod}`,
    })
    await ask(target.authMethod)
    return
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
