// What the terminal can show: text, colour, a QR code.
import type { Context } from '../../context.ts'
import { type AuthorizeParameters, authorizationRequest, withQuery } from '../../oauth/authorize-url.ts'
import type { Settings } from '../../settings/settings.ts'
import { type Check, note, ok } from './check.ts'
import type { ProfileState } from './profile.ts'

/** The decision about colour, and what decided it. */
export interface ColorDecision {
  isOn: boolean
  /** A clause. */
  why: string
}

/** The room that a QR code needs, with the link below it. */
export interface QrRoom {
  columns: number
  rows: number
  fits: boolean
}

/** Measures the QR code of a URL for stderr; null when the URL is too long for one. */
export type MeasureQr = (url: string) => QrRoom | null

/** Says what kind of terminal this is. */
export function checkTerminal({ err, input, env, tool }: Context, color: ColorDecision): Check[] {
  const size = `${err.columns} columns and ${err.rows} rows`
  const terminal = err.isTerminal
    ? ok(
        'terminal',
        `stderr is a terminal (${env['TERM'] ?? 'TERM is not set'}) with ${size}`,
        input.isTerminal
          ? 'nv shows progress there and can ask questions'
          : "nv shows progress there, but can't ask questions: stdin is not a terminal",
      )
    : note(
        'terminal',
        'stderr is not a terminal',
        'nv draws no QR code, and --via auto means direct',
        'Run nv without redirecting stderr to see a QR code.',
      )
  return [
    terminal,
    ok(
      'color',
      `stderr is ${color.isOn ? '' : 'not '}coloured: ${color.why}`,
      color.isOn
        ? 'A QR code is drawn black on white'
        : "A QR code has the terminal's own colours, and scans best on a dark background",
    ),
    ...(err.isTerminal && tool.platform.startsWith('linux') ? checkLocale(env) : []),
  ]
}

/** In another encoding than UTF-8 the blocks of a QR code turn into other characters, in tmux for one. */
function checkLocale(env: Context['env']): Check[] {
  const name = ['LC_ALL', 'LC_CTYPE', 'LANG'].find((variable) => env[variable])
  if (name !== undefined && /utf-?8/i.test(env[name] ?? ''))
    return [ok('locale', `${name} is ${env[name]}`, 'QR codes are drawn correctly')]
  return [
    note(
      'locale',
      name === undefined ? 'No locale is set' : `${name} is ${env[name]}, which is not UTF-8`,
      'Some terminals, such as tmux, can break QR codes',
      'export LC_ALL=C.UTF-8',
    ),
  ]
}

/** Tells whether the QR code of a profile's authorize URL would fit. */
export async function checkQr(
  { err }: Pick<Context, 'err'>,
  profile: ProfileState,
  measure: MeasureQr,
): Promise<Check[]> {
  if (profile.kind !== 'found' || !err.isTerminal) return []
  const { settings, needsPhone } = profile
  const of = profile.name === null ? 'The authorize URL' : `${profile.name}'s authorize URL`
  if (!needsPhone)
    return [
      ok('qr', 'This gateway takes any device', 'No QR code is needed: nv follows the redirects itself'),
    ]
  const room = measure(typicalUrl(settings))
  if (room === null) {
    return [
      note(
        'qr',
        `${of} is too long for a QR code`,
        'The link has to reach the phone another way',
        'Use --via paste.',
      ),
    ]
  }
  const needs = `A QR code of ${of.replace('The', 'the')}, with its link, takes ${room.columns} columns and ${room.rows} rows`
  return room.fits
    ? [ok('qr', needs, `It fits (${err.columns} × ${err.rows})`)]
    : [
        note(
          'qr',
          needs,
          `It doesn't fit (${err.columns} × ${err.rows})`,
          'Enlarge the terminal, use a smaller font, or use --via paste.',
        ),
      ]
}

/** Makes a URL as long as the one of a run would be: what is random in it has its usual length. */
function typicalUrl(settings: Settings): string {
  const { scope = 'openid dpv:FraudPreventionAndDetection number-verification:verify', loginHint = 'none' } =
    settings
  const random = 'A'.repeat(43)
  const parameters: AuthorizeParameters = {
    authorizeUrl: settings.authorizeUrl ?? `${settings.issuer ?? 'https://gateway.example'}/authorize`,
    clientId: settings.clientId ?? random,
    redirectUri: settings.redirectUri ?? 'http://127.0.0.1:49152/callback',
    scope,
    state: random,
    nonce: scope.split(' ').includes('openid') ? random : undefined,
    codeVerifier: settings.pkce === 'off' ? undefined : random,
    loginHint: { none: undefined, tel: 'tel:+34600000001', bare: '+34600000001' }[loginHint] ?? loginHint,
    prompt: settings.prompt,
  }
  const request = authorizationRequest(parameters)
  if (settings.requestObject !== 'on') return withQuery(parameters.authorizeUrl, request)
  return withQuery(parameters.authorizeUrl, {
    client_id: parameters.clientId,
    request: 'A'.repeat(lengthOfJwt({ ...request, iss: parameters.clientId, aud: parameters.authorizeUrl })),
  })
}

/** The header and the signature of RS256, and four times with a time and an id. */
function lengthOfJwt(claims: Record<string, string>): number {
  const otherClaims = 120
  return 120 + Math.ceil(((JSON.stringify(claims).length + otherClaims) * 4) / 3) + 342
}
