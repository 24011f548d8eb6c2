// What someone writes who has no nv: the same requests, with fetch and nothing else.
import { createHash, randomBytes } from 'node:crypto'

const [authorizeUrl, tokenUrl, apiUrl, clientId, clientSecret, phoneNumber] = process.argv.slice(2)
const redirectUri = 'http://127.0.0.1:4011/callback'
const state = randomBytes(32).toString('base64url')
const verifier = randomBytes(32).toString('base64url')

let url = new URL(authorizeUrl)
url.search = new URLSearchParams({
  response_type: 'code',
  client_id: clientId,
  scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
  redirect_uri: redirectUri,
  state,
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
  login_hint: `tel:${phoneNumber}`,
})
const cookies = new Map()
while (!url.href.startsWith(redirectUri)) {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie: cookies.get(url.host) ?? '' } })
  await response.text()
  for (const cookie of response.headers.getSetCookie()) cookies.set(url.host, cookie.split(';')[0])
  url = new URL(response.headers.get('location'), url)
}
if (url.searchParams.get('state') !== state) throw new Error('The state is not ours')

const code = url.searchParams.get('code')
const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
const token = await fetch(tokenUrl, {
  method: 'POST',
  headers: { authorization },
  body: new URLSearchParams(form),
})
const { access_token: accessToken } = await token.json()
const answer = await fetch(`${apiUrl}/number-verification/v2/verify`, {
  method: 'POST',
  headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
  body: JSON.stringify({ phoneNumber }),
})
console.log(JSON.stringify({ status: answer.status, body: await answer.json() }))
