// Many whole flows at once against one gateway: the phone with its cookies, then the backend.
import { createHash, randomBytes } from 'node:crypto'
import { createConnection } from './connection.mjs'

const redirectUri = 'https://app.example/callback'
const verifier = randomBytes(32).toString('base64url')
const scope = encodeURIComponent('dpv:FraudPreventionAndDetection number-verification:verify')
const challenge = createHash('sha256').update(verifier).digest('base64url')

/**
 * Runs that many flows, so many of them at any time, and returns how long each took and how long all took, in
 * milliseconds. Throws when a flow ends with anything but its own verdict.
 */
export async function runFlows(gateway, count, parallelCount) {
  const durationsMs = []
  let startedCount = 0
  const keepRunning = async () => {
    const connections = new Map()
    while (startedCount < count) {
      const number = startedCount++
      const startedAt = performance.now()
      await runFlow(gateway, number, connections)
      durationsMs.push(performance.now() - startedAt)
    }
    for (const connection of connections.values()) connection.close()
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: parallelCount }, keepRunning))
  const totalMs = performance.now() - startedAt
  return { durationsMs, totalMs }
}

async function runFlow(gateway, number, connections) {
  const isMatch = number % 2 === 0
  const phoneNumber = `+34600${String(number).padStart(5, '0')}${isMatch ? 1 : 2}`
  const code = await authorize(gateway, `state-${number}`, connections)
  const form = `grant_type=authorization_code&code=${code}&redirect_uri=${encodeURIComponent(redirectUri)}&code_verifier=${verifier}`
  const { access_token: accessToken } = await post(connections, gateway.tokenUrl, form, {
    authorization: `Basic ${btoa(`${gateway.clientId}:${gateway.clientSecret}`)}`,
    'content-type': 'application/x-www-form-urlencoded',
  })
  const answer = await post(
    connections,
    `${gateway.apiUrl}/number-verification/v2/verify`,
    JSON.stringify({ phoneNumber }),
    { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  )
  if (answer.devicePhoneNumberVerified !== isMatch)
    throw new Error(`Wrong verdict: ${JSON.stringify(answer)}`)
}

/** Follows the redirects to the app, which nobody requests, and returns its code. */
async function authorize({ authorizeUrl, clientId }, state, connections) {
  const cookies = new Map()
  let url = `${authorizeUrl}?response_type=code&client_id=${clientId}&scope=${scope}&state=${state}&redirect_uri=${encodeURIComponent(redirectUri)}&code_challenge=${challenge}&code_challenge_method=S256`
  while (!url.startsWith(redirectUri)) {
    const { origin } = new URL(url)
    const cookie = cookies.get(origin)
    const { status, headers, text } = await send(connections, url, 'GET', null, cookie ? { cookie } : {})
    if (!headers.location) throw new Error(`${url} → ${status} ${text}`)
    const set = headers.cookies.map((line) => line.slice(0, line.indexOf(';')))
    if (set.length > 0) cookies.set(origin, [cookie, ...set].filter(Boolean).join('; '))
    url = new URL(headers.location, url).href
  }
  const answer = new URL(url).searchParams
  if (answer.get('state') !== state) throw new Error(`The state is not ours: ${url}`)
  return answer.get('code')
}

async function post(connections, url, body, headers) {
  const { status, text } = await send(connections, url, 'POST', body, headers)
  if (status !== 200) throw new Error(`${url} → ${status} ${text}`)
  return JSON.parse(text)
}

/** Sends a request over the one connection that a flow has to each origin. */
function send(connections, url, method, body, headers) {
  const start = url.indexOf('/', 'http://'.length)
  const origin = url.slice(0, start)
  if (!connections.has(origin)) connections.set(origin, createConnection(origin))
  return connections.get(origin).send(method, url.slice(start), headers, body)
}
