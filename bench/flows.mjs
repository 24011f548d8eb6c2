// Many whole flows at once against one gateway: the phone with its cookies, then the backend.
import { createHash, randomBytes } from 'node:crypto'
import { Agent } from 'undici'

const redirectUri = 'https://app.example/callback'
const verifier = randomBytes(32).toString('base64url')
const scope = encodeURIComponent('dpv:FraudPreventionAndDetection number-verification:verify')
const challenge = createHash('sha256').update(verifier).digest('base64url')

/**
 * Runs that many flows, so many of them at any time, and returns how long each took and how long all took, in
 * milliseconds. Throws when a flow ends with anything but its own verdict.
 */
export async function runFlows(gateway, count, parallelCount) {
  const dispatcher = new Agent({ connections: parallelCount })
  const durationsMs = []
  let startedCount = 0
  const keepRunning = async () => {
    while (startedCount < count) {
      const number = startedCount++
      const startedAt = performance.now()
      await runFlow(gateway, number, dispatcher)
      durationsMs.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: parallelCount }, keepRunning))
  const totalMs = performance.now() - startedAt
  await dispatcher.close()
  return { durationsMs, totalMs }
}

async function runFlow(gateway, number, dispatcher) {
  const isMatch = number % 2 === 0
  const phoneNumber = `+34600${String(number).padStart(5, '0')}${isMatch ? 1 : 2}`
  const code = await authorize(gateway, `state-${number}`, dispatcher)
  const form = `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(redirectUri)}&code_verifier=${verifier}`
  const { access_token: accessToken } = await post(dispatcher, gateway.tokenUrl, form, {
    authorization: `Basic ${btoa(`${gateway.clientId}:${gateway.clientSecret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  })
  const answer = await post(
    dispatcher,
    `${gateway.apiUrl}/number-verification/v2/verify`,
    JSON.stringify({ phoneNumber }),
    { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  )
  if (answer.devicePhoneNumberVerified !== isMatch)
    throw new Error(`Wrong verdict: ${JSON.stringify(answer)}`)
}

/** Follows the redirects to the app, which nobody requests, and returns its code. */
async function authorize({ authorizeUrl, clientId }, state, dispatcher) {
  const cookies = new Map()
  let url = `${authorizeUrl}?response_type=code&client_id=${clientId}&scope=${scope}&state=${state}&redirect_uri=${encodeURIComponent(redirectUri)}&code_challenge=${challenge}&code_challenge_method=S256`
  while (!url.startsWith(redirectUri)) {
    const { origin } = new URL(url)
    const cookie = cookies.get(origin)
    const { status, headers, text } = await send(dispatcher, url, 'GET', null, cookie ? { cookie } : {})
    if (headers.location === undefined) throw new Error(`${url} → ${status} ${text}`)
    const set = [headers['set-cookie'] ?? []].flat().map((line) => line.slice(0, line.indexOf(';')))
    if (set.length > 0) cookies.set(origin, [cookie, ...set].filter(Boolean).join('; '))
    url = new URL(headers.location, url).href
  }
  const answer = new URL(url).searchParams
  if (answer.get('state') !== state) throw new Error(`The state is not ours: ${url}`)
  return answer.get('code')
}

async function post(dispatcher, url, body, headers) {
  const { status, text } = await send(dispatcher, url, 'POST', body, headers)
  if (status !== 200) throw new Error(`${url} → ${status} ${text}`)
  return JSON.parse(text)
}

/** Sends a request without the streams of fetch, so that the servers are the ones that are measured. */
function send(dispatcher, url, method, body, headers) {
  const start = url.indexOf('/', 'http://'.length)
  return new Promise((resolve, reject) => {
    const answer = { status: 0, headers: {}, text: '' }
    dispatcher.dispatch(
      { origin: url.slice(0, start), path: url.slice(start), method, body, headers },
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, status, headers) => Object.assign(answer, { status, headers }),
        onResponseData: (_controller, chunk) => (answer.text += chunk),
        onResponseEnd: () => resolve(answer),
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })
}
