// Gets an access token through a phone: authorize, callback, token.
import { SetupError } from '../errors.ts'
import { type AuthorizeParameters, buildAuthorizeUrl } from '../oauth/authorize-url.ts'
import { readCallback } from '../oauth/callback.ts'
import { grantTypes } from '../oauth/grants.ts'
import { buildSignedAuthorizeUrl } from '../oauth/request-object.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import { ways } from '../reach/ways.ts'
import { waitForCallback } from './meeting/await-callback.ts'
import { completeTarget } from './complete-target.ts'
import { askForAuthorizeUrl, isEnabledByProvider } from './enablement.ts'
import type { Flow, Gateway, Granted } from './journey.ts'
import { isStop, type Stop } from './stop.ts'
import { requestToken } from './token-request.ts'
import { createWayTools } from './meeting/way-tools.ts'

/** Brings the authorize URL to the phone, waits for the code, and exchanges it. */
export async function getTokenByPhone(flow: Flow): Promise<Granted | Stop> {
  const { recorder, attempt, redirectUri } = flow
  const authorized = await authorize(flow)
  if (isStop(authorized)) return authorized
  const { gateway, callback } = authorized
  const code = await receiveCode(flow, gateway, callback)
  if (isStop(code)) return code
  const { host } = new URL(gateway.tokenUrl)
  const accessToken = await recorder.step('token', `Exchanging the code at ${host}`, () =>
    requestToken(flow, gateway, {
      grant_type: grantTypes['authorization-code'],
      code,
      redirect_uri: gateway.repeatsRedirectUri ? redirectUri : undefined,
      code_verifier: attempt.codeVerifier,
    }),
  )
  return isStop(accessToken) ? accessToken : { gateway, accessToken }
}

interface Authorized {
  gateway: Gateway
  /** The response, when the way itself got it. */
  callback: URLSearchParams | null
}

/** Brings the authorize URL to the phone. */
function authorize(flow: Flow): Promise<Authorized | Stop> {
  const { recorder, input, attempt, redirectUri } = flow
  const { enablementUrl, authorizeUrl, issuer } = input.target
  const { host } = new URL((isEnabledByProvider(input) && enablementUrl) || authorizeUrl || (issuer ?? ''))
  return recorder.step<Authorized>('authorize', `Asking ${host} to authorize`, async () => {
    const gateway = await completeTarget(flow, input.target)
    if (isStop(gateway)) return gateway
    const url = isEnabledByProvider(input)
      ? await askForAuthorizeUrl(flow, gateway)
      : await buildUrl(flow, gateway, {
          ...attempt,
          authorizeUrl: gateway.authorizeUrl,
          clientId: gateway.clientId,
          redirectUri,
          scope: gateway.scope,
          loginHint: formatLoginHint(gateway.loginHint, input.phoneNumber),
          prompt: gateway.prompt ?? undefined,
        })
    if (isStop(url)) return url
    offerStart(flow, url)
    await writeQrFile(flow, flow.listener?.shortLink ?? url)
    const brought = await ways[input.via].bring(url, createWayTools(flow))
    if (isStop(brought)) return brought
    const from = input.source === null ? '' : ` from ${input.source.name}`
    return { value: { gateway, callback: brought.callback }, detail: brought.detail + from }
  })
}

/** Writes the QR code of a link as a picture, where it was asked for, before anybody waits for the phone. */
async function writeQrFile({ context, recorder, input }: Flow, link: string): Promise<void> {
  const { qrFile } = input
  if (qrFile === undefined) return
  const { drawQrPng, drawQrSvg } = await import('../pages/qr-code.ts')
  const picture = /\.svg$/i.test(qrFile) ? drawQrSvg(link) : await drawQrPng(link)
  if (picture === null) throw linkTooLong(qrFile, link)
  await context.files.write(qrFile, picture)
  recorder.emit({ type: 'note', text: `Wrote the QR code to ${qrFile}` })
}

function linkTooLong(path: string, { length }: string): SetupError {
  return new SetupError({
    code: 'qr_code_too_long',
    title: `No QR code was written to ${path}`,
    cause: `The authorize URL has ${length} characters, more than a QR code holds.`,
    fix: 'Leave --qr-file out and open the link on the phone, or use --tunnel for a short link.',
  })
}

/** Says where the short link leads, before anybody is shown it. */
function offerStart({ listener, input, attempt, redirectUri, landing }: Flow, authorizeUrl: string): void {
  const isSkipped = input.skipsStartPage ?? false
  const { phoneNumber } = input
  listener?.offer({ authorizeUrl, phoneNumber, redirectUri, state: attempt.state, landing, isSkipped })
}

/** Builds the authorize URL, signed where the profile wants a request object. */
export async function buildUrl(
  { context, recorder }: Pick<Flow, 'context' | 'recorder'>,
  gateway: Gateway,
  parameters: AuthorizeParameters,
): Promise<string> {
  if (!gateway.usesRequestObject) return buildAuthorizeUrl(parameters)
  const { issuer } = gateway
  const signed = await buildSignedAuthorizeUrl(parameters, readSigningKey(gateway), issuer, context)
  recorder.redactor.conceal(signed.requestObject)
  return signed.url
}

/** Waits for the authorization response, unless the way brought it, and takes the code from it. */
function receiveCode(flow: Flow, gateway: Gateway, brought: URLSearchParams | null): Promise<string | Stop> {
  const { context, recorder, input, attempt } = flow
  const { isIssuerRequired } = gateway
  // A document that names another issuer is a finding; a response may carry either name.
  const issuers = [...new Set([gateway.issuer, input.target.issuer])].filter((name) => name !== null)
  return recorder.step<string>('callback', 'Waiting for the phone', async () => {
    const wait = { ...flow, state: attempt.state, canPaste: input.canPaste }
    const parameters = brought ?? (await waitForCallback(context, recorder, wait))
    if (isStop(parameters)) return parameters
    for (const code of parameters.getAll('code')) recorder.redactor.conceal(code)
    const callback = readCallback(parameters, { state: attempt.state, issuers, isIssuerRequired })
    if (callback.kind !== 'code') return { lacks: 'code' }
    return { value: callback.code, detail: 'authorization code received, state matches' }
  })
}

/** Writes the login_hint of a form; undefined where it is made from a number and there is none. */
export function formatLoginHint(form: string, phoneNumber: string | null): string | undefined {
  if (form === 'none') return undefined
  if (form === 'tel') return phoneNumber === null ? undefined : `tel:${phoneNumber}`
  return form === 'bare' ? (phoneNumber ?? undefined) : form
}
