// Describes a target for a recording: facts, and no secret.
import type { Context } from '../context.ts'
import { formEncode } from '../oauth/client-authentication.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import type { SecretShape, TargetFacts } from '../run/recording.ts'
import { proxyVariableFor } from '../wire/proxies.ts'
import type { Target } from './target.ts'

/** Describes what may be recorded of a target: never a secret. */
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
    enablementUrl: target.enablementUrl,
    apiUrl: apiUrl || null,
    issuer: target.issuer,
    redirectUri: redirectUri ?? target.redirectUri,
    scope: target.scope,
    clientId: clientId || null,
    authMethod: target.authMethod,
    key: describeKey(target),
    hasReservedCharacters: [clientId, clientSecret].some((value) => formEncode(value) !== value),
    secretShape: clientSecret === '' ? null : describeSecret(clientId, clientSecret),
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

function describeSecret(clientId: string, secret: string): SecretShape {
  return {
    hasQuotes: /^["'`\u2018-\u201F].*["'`\u2018-\u201F]$/u.test(secret),
    // A plain space inside may belong there.
    hasWhiteSpace: secret !== secret.trim() || /[^\S ]|\p{Cf}/u.test(secret),
    looksLikeClientId: isLikeName(secret) && isLikeSecret(clientId),
  }
}

/** Tells whether a text is made of words, as the name of an application is. */
function isLikeName(text: string): boolean {
  return /^[a-z]{2,}(?:[._-][a-z]{2,}|[._-]?\d{1,4})*$/i.test(text) && text.length < 60
}

/** Tells whether a text is as long and as mixed as random ones are. */
function isLikeSecret(text: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w-]/].filter((kind) => kind.test(text)).length
  return text.length >= 16 && kinds >= 3 && !isLikeName(text) && !text.includes('.')
}

function describeKey(target: Target): TargetFacts['key'] {
  if (target.key === '') return null
  const { algorithm, keyId } = readSigningKey(target)
  return { algorithm, keyId: keyId ?? null }
}

/** Tells whether a request to one of the target's endpoints goes through a proxy. */
export function isProxied(
  { env }: Pick<Context, 'env'>,
  { proxy, authorizeUrl, tokenUrl, apiUrl, issuer }: Target,
): boolean {
  if (proxy !== null) return true
  const endpoints = [authorizeUrl, tokenUrl, apiUrl, issuer ?? '']
  return endpoints.some((url) => URL.canParse(url) && proxyVariableFor(env, new URL(url)) !== null)
}
