// Describes a target for a recording: facts, and no secret.
import { formEncode } from '../oauth/client-authentication.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import type { TargetFacts } from '../run/recording.ts'
import type { Target } from './target.ts'

/** Says of a target what may be recorded: no secret is in it. */
export function describeTarget(
  target: Target & { isIssuerRequired?: boolean },
  { redirectUri }: { redirectUri: string | null },
): TargetFacts {
  const { authorizeUrl, tokenUrl, backchannelUrl, apiUrl, clientId, clientSecret, loginHint } = target
  return {
    name: target.name,
    preset: target.preset,
    apiVersion: target.apiVersion,
    authorizeUrl: authorizeUrl || null,
    tokenUrl: tokenUrl || null,
    backchannelUrl: backchannelUrl || null,
    apiUrl: apiUrl || null,
    issuer: target.issuer,
    redirectUri: redirectUri ?? target.redirectUri,
    scope: target.scope,
    clientId: clientId || null,
    authMethod: target.authMethod,
    key: describeKey(target),
    hasReservedCharacters: [clientId, clientSecret].some((value) => formEncode(value) !== value),
    assertionAudience: target.assertionAudience,
    loginHint: ['none', 'tel', 'bare'].includes(loginHint) ? loginHint : 'given',
    prompt: target.prompt,
    usesPkce: target.usesPkce,
    usesRequestObject: target.usesRequestObject,
    usesDpop: target.usesDpop,
    isIssuerRequired: target.isIssuerRequired ?? false,
    repeatsRedirectUri: target.repeatsRedirectUri,
    unconfirmed: target.unconfirmed,
    origins: target.origins,
    ignored: target.ignored,
  }
}

function describeKey(target: Target): TargetFacts['key'] {
  if (target.key === '') return null
  const { algorithm, keyId } = readSigningKey(target)
  return { algorithm, keyId: keyId ?? null }
}
