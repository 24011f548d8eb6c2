// The gateway that the simulator is measured against: oidc-provider as a process of its own, with an API behind it.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const clientId = 'bench-client'
const clientSecret = 'bench-secret'
const redirectUri = 'https://app.example/callback'
const account = 'line'

/** What it remembers, without the copying and counting of the adapter that it brings. */
const remembered = new Map()
const byUid = new Map()

/** As many values as the simulator keeps of each kind, for the five kinds of a flow. */
const capacity = 25_000

/** Remembers a value; of too many, the oldest is forgotten. */
function remember(map, key, value) {
  if (map.size >= capacity) map.delete(map.keys().next().value)
  map.set(key, value)
}

/** @see https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js */
class MapAdapter {
  constructor(model) {
    this.model = model
  }
  key(id) {
    return `${this.model}:${id}`
  }
  async upsert(id, payload) {
    remember(remembered, this.key(id), payload)
    if (this.model === 'Session') remember(byUid, payload.uid, payload)
  }
  async find(id) {
    return remembered.get(this.key(id))
  }
  async findByUid(uid) {
    return byUid.get(uid)
  }
  async consume(id) {
    remembered.get(this.key(id)).consumed = true
  }
  async destroy(id) {
    const payload = remembered.get(this.key(id))
    remembered.delete(this.key(id))
    if (this.model === 'Session' && payload) byUid.delete(payload.uid)
  }
  async revokeByGrantId() {}
}

const server = createServer()
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`
const provider = new Provider(issuer, {
  adapter: MapAdapter,
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  scopes: ['dpv:FraudPreventionAndDetection', 'number-verification:verify'],
  cookies: { keys: ['bench'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, { uid }) => `/consent/${uid}` },
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
})
const answerOidc = provider.callback()
server.on('request', (request, response) => {
  if (request.url.startsWith('/consent/')) void consent(request, response)
  else if (request.url === '/number-verification/v2/verify') void verify(request, response)
  else answerOidc(request, response)
})

console.log(
  JSON.stringify({
    authorizeUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    apiUrl: issuer,
    clientId,
    clientSecret,
  }),
)

/** Signs the only account in and grants what was asked for, without a page. */
async function consent(request, response) {
  const { params } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ accountId: account, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  const grantId = await grant.save()
  await provider.interactionFinished(request, response, {
    login: { accountId: account },
    consent: { grantId },
  })
}

async function verify(request, response) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const { phoneNumber } = JSON.parse(Buffer.concat(chunks).toString())
  const token = await provider.AccessToken.find(request.headers.authorization.slice('Bearer '.length))
  const isAllowed = token?.scope?.includes('number-verification:verify') === true
  const answer = JSON.stringify({ devicePhoneNumberVerified: isAllowed && phoneNumber.endsWith('1') })
  response.writeHead(isAllowed ? 200 : 401, {
    'content-type': 'application/json',
    'content-length': answer.length,
  })
  response.end(answer)
}
