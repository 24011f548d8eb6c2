// What the requests of a collection do besides: make what is new in each run, and pick up what the next one needs. No
// text of a run is in them.

/** Runs before every request. */
export const beforeEach = `const number = pm.environment.get('phone_number') || ''
pm.environment.set('phone_number_digits', number.replace('+', ''))
pm.environment.set('hashed_phone_number', CryptoJS.SHA256(number).toString())
for (const [name, value] of Object.entries(pm.environment.toObject()))
  pm.variables.set('encoded_' + name, encodeURIComponent(value))`

/** Makes a state, a nonce and a verifier for PKCE. */
export const beforeAuthorize = `const random = () => CryptoJS.lib.WordArray.random(32)
const base64url = (words) =>
  CryptoJS.enc.Base64.stringify(words).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '')
const verifier = base64url(random())
pm.environment.set('state', base64url(random()))
pm.environment.set('nonce', base64url(random()))
pm.environment.set('code_verifier', verifier)
pm.environment.set('code_challenge', base64url(CryptoJS.SHA256(verifier)))
pm.environment.set('hops', '0')`

/** Goes from redirect to redirect, as a phone does, to the one with the code. */
export const afterHop = `const hops = Number(pm.environment.get('hops')) + 1
pm.environment.set('hops', String(hops))
const location = pm.response.headers.get('Location')
const next = location && require('url').resolve(pm.request.url.toString(), location)
const redirectUri = pm.environment.get('redirect_uri')
if (next && next.startsWith(redirectUri)) {
  const answer = require('querystring').parse(next.replace(/^[^?#]*[?#]?/, ''))
  pm.test('a code came', () => pm.expect(answer.code, answer.error).to.be.a('string'))
  pm.test('the state is ours', () => pm.expect(answer.state).to.eql(pm.environment.get('state')))
  pm.environment.set('code', answer.code)
  pm.execution.setNextRequest(answer.code && answer.state === pm.environment.get('state') ? 'Token' : null)
} else {
  pm.test('it redirects', () => pm.expect(next, 'Location').to.be.a('string'))
  pm.test('it redirects fewer than 30 times', () => pm.expect(hops).to.be.below(30))
  pm.environment.set('next_url', next)
  pm.execution.setNextRequest(next && hops < 30 ? 'Next hop' : null)
}`

/** Picks up what members of JSON hold. */
function pickUp(names: readonly string[]): string {
  return `let answer = {}
pm.test('JSON came', () => { answer = pm.response.json() })
for (const name of ${JSON.stringify(names)}) if (answer[name]) pm.environment.set(name, answer[name])`
}

export const afterCredentials = `${pickUp(['client_id', 'client_secret'])}
pm.test('credentials came', () => pm.expect(answer.client_secret).to.be.a('string'))`

export const afterBackchannel = `${pickUp(['auth_req_id', 'interval'])}
pm.test('the request was accepted', () => pm.expect(answer.auth_req_id).to.be.a('string'))
if (!answer.auth_req_id) pm.execution.setNextRequest(null)`

/** With CIBA it asks again until the line is identified. */
export const afterToken = `${pickUp(['access_token'])}
if (answer.error === 'authorization_pending' || answer.error === 'slow_down') {
  pm.execution.setNextRequest('Token')
  setTimeout(() => {}, 1000 * Number(pm.environment.get('interval') || 5))
} else {
  pm.test('an access token came', () => pm.expect(answer.access_token, answer.error).to.be.a('string'))
  if (!answer.access_token) pm.execution.setNextRequest(null)
}`

export const afterVerify = `${pickUp([])}
pm.test('a verdict came', () => pm.expect(answer.devicePhoneNumberVerified).to.be.a('boolean'))
pm.test('the phone has this number', () => pm.expect(answer.devicePhoneNumberVerified).to.eql(true))`

export const afterNumber = `${pickUp([])}
pm.test('a phone number came', () => pm.expect(answer.devicePhoneNumber).to.be.a('string'))`
