// Asks a provider for the authorize URL of a number, which tells whether it covers that number at all.
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { buildEnablementBody, judgeAuthUrl, readEnablement } from '../oauth/enablement.ts'
import type { Flow, Gateway, JourneyInput } from './journey.ts'
import type { Stop } from './stop.ts'

/** Tells whether the provider gives the authorize URL: it does so for a number, to a phone. */
export function isEnabledByProvider({
  target,
  phoneNumber,
  operatorToken,
}: Pick<JourneyInput, 'target' | 'phoneNumber' | 'operatorToken'>): boolean {
  return target.enablementUrl !== null && phoneNumber !== null && operatorToken === null
}

/**
 * Asks for the authorize URL under the state of the attempt, and checks it before it is opened anywhere. It holds
 * neither nonce nor PKCE of ours, since the provider builds it.
 */
export async function askForAuthorizeUrl(flow: Flow, gateway: Gateway): Promise<string | Stop> {
  const { context, recorder, send, attempt, redirectUri, input } = flow
  const { enablementUrl, scope, clientId } = gateway
  if (enablementUrl === null || input.phoneNumber === null) return { lacks: 'endpoint' }
  const authenticate = createClientAuthentication({ ...gateway, method: gateway.authMethod }, context)
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' }
  await authenticate({ url: enablementUrl, headers, body: new URLSearchParams() })
  const { answer, exchange } = await send({
    step: 'authorize',
    kind: 'enablement',
    method: 'POST',
    url: enablementUrl,
    headers,
    body: buildEnablementBody({ phoneNumber: input.phoneNumber, scope, state: attempt.state }),
  })
  const enabled = answer === null || answer.status >= 300 ? null : readEnablement(answer.text, scope)
  if (enabled?.kind !== 'url') return { lacks: 'endpoint' }
  const { url } = enabled
  const asked = { enablementUrl, state: attempt.state, clientId, redirectUri, scope }
  const flaw = judgeAuthUrl(url, asked, enabled.scope)
  const given = URL.canParse(url) ? new URL(url) : null
  recorder.observe({
    code: 'auth_url_judged',
    step: 'authorize',
    exchange,
    facts: {
      flaw,
      hasState: given?.searchParams.has('state') ?? false,
      host: given?.host ?? null,
      redirectUri: given?.searchParams.get('redirect_uri') ?? null,
    },
  })
  if (flaw !== null) return { lacks: 'endpoint' }
  const { host } = new URL(enablementUrl)
  recorder.emit({ type: 'note', text: `${host} covers the number and gave the authorize URL` })
  return url
}
