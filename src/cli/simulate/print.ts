// What nv simulate prints: its addresses when it is ready, and a line for each request.
import { escapeText, toInertJson } from '../../wire/escape.ts'
import { mockAccessToken } from '../../simulator/api/api.ts'
import type { Line } from '../../simulator/operator/lines.ts'
import type { RequestEntry, RunningSimulator } from '../../simulator/simulator.ts'
import { lifetimesMs } from '../../simulator/state.ts'

/** Prints the addresses, the client and the lines as one line of JSON. */
export function formatJson(simulator: RunningSimulator, caFile: string | null): string {
  const { close: _close, ...announced } = simulator
  return `${toInertJson({ schema: 'nv.simulator/1', ...announced, ...(caFile !== null && { caFile }) }, 0)}\n`
}

/** Prints the addresses for a person, with commands to start with. */
export function formatBanner(simulator: RunningSimulator, caFile: string | null): string {
  const {
    baseUrl,
    authorizeUrl,
    tokenUrl,
    enablementUrl,
    apiUrl,
    operatorUrl,
    clientId,
    clientSecret,
    mode,
  } = simulator
  const trust = describeTrust(caFile)
  return `The simulator listens at ${baseUrl}

  authorize   ${authorizeUrl}
  token       ${tokenUrl}
${enablementUrl === null ? '' : `  enablement  ${enablementUrl}\n`}  discovery   ${baseUrl}/.well-known/openid-configuration
  API         ${apiUrl}/number-verification/{v0,v1,v2}
  operator    ${operatorUrl}
  client      ${clientId} / ${clientSecret} (HTTP Basic)
  lifetimes   a code ${lifetimesMs.code / 1000} s; an access token ${lifetimesMs.accessToken / 1000} s and one call
              (${mockAccessToken}: for ever)
${trust.authority}${mode === 'network' ? formatNetwork(simulator) : formatMock(simulator, trust.curl)}
Run the whole flow from another terminal. Nothing stays set in its shell:

  env NV_AUTHORIZE_URL='${authorizeUrl}' \\
      NV_TOKEN_URL='${tokenUrl}' \\
      NV_API_URL='${apiUrl}' \\
      NV_CLIENT_ID='${clientId}' \\
      NV_CLIENT_SECRET='${clientSecret}' \\
      NV_REDIRECT_URI='http://127.0.0.1:${baseUrl.includes(':4011/') ? 4012 : 4011}/callback' \\
${trust.nv}      ${mode === 'network' ? formatPhones(simulator) : 'nv verify +34600000001 --via direct\n'}${trust.node}
Ctrl-C stops it.
`
}

function formatMock({ apiUrl, lines }: RunningSimulator, curlOption: string): string {
  return `  mode        mock: a number that ends in 1 is true, in 2 false, any other at
              random; --mode network has lines and phones
  SIM tokens  ${lines.map(formatSimToken).join('\n              ')}

Start with a call that needs no flow:

  curl ${curlOption}-X POST '${apiUrl}/number-verification/v2/verify' -H 'Authorization: Bearer ${mockAccessToken}' -H 'Content-Type: application/json' -d '{"phoneNumber":"+34600000001"}'
`
}

function formatSimToken({ operatorToken, phoneNumber }: Line): string {
  return `${escapeText(operatorToken ?? '')} (${phoneNumber})`
}

function formatNetwork({ lines }: RunningSimulator): string {
  const rows = lines.map((line, i) => {
    const marks = [
      line.address === null ? 'in a browser' : `at ${line.address}, or in a browser`,
      line.hasConsented ? null : 'has not consented',
      line.secondSim && `second SIM ${line.secondSim}`,
      line.operatorToken && `SIM token ${escapeText(line.operatorToken)}`,
    ].filter((mark) => mark !== null && mark !== '')
    const indent = ' '.repeat(14)
    return `  ${i === 0 ? 'lines       ' : '            '}${line.phoneNumber}  ${escapeText(line.operator)}
${marks.map((mark) => `${indent}  ${mark}\n`).join('')}`
  })
  return `  mode        network: the answer depends on the line of the phone
${rows.join('')}`
}

/** Says how to be one of the phones. */
function formatPhones({ lines, baseUrl }: RunningSimulator): string {
  const phone = lines.find(({ address }) => address !== null) ?? lines[0]
  const number = phone?.phoneNumber ?? '<phone>'
  const browser = `nv verify ${number} --via browser`
  const direct = phone?.address ? `nv verify ${number} --via direct --local-address ${phone.address}` : null
  return `${direct ?? browser}
${direct === null ? '' : `\nOr the same with: ${browser}\n`}
In a browser the operator asks which phone it is; a private window is another
phone. More: ${new URL('/', baseUrl).href}
`
}

/** Says what to trust, and how each program is told to; nothing without TLS. */
function describeTrust(caFile: string | null) {
  if (caFile === null) return { authority: '', curl: '', nv: '', node: '' }
  const file = quote(caFile)
  return {
    authority: `  authority   ${caFile}, for this server alone; removed at the end\n`,
    curl: `--cacert ${file} `,
    nv: `      NV_CA=${file} \\\n`,
    node: `
Any program in Node trusts that authority with:

  export NODE_EXTRA_CA_CERTS=${file}
`,
  }
}

/** Quotes for a POSIX shell. */
function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}

/** Prints a request that was answered. */
export function formatRequest(entry: RequestEntry, nowMs: number): string {
  const { origin, method, path, status, detail, broken = [] } = entry
  const time = new Date(nowMs).toTimeString().slice(0, 8)
  const shown = `${origin === 'operator' ? 'operator ' : ''}${escapeText(path, 100)}`
  const told = detail === undefined ? '' : ` ${escapeText(detail)}`
  const rules = broken.length === 0 ? '' : ` (overlooked: ${escapeText(broken.join('; '), 1000)})`
  return `${time} ${escapeText(method, 20)} ${shown} ${status}${told}${rules}\n`
}
