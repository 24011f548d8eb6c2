// What stands between this machine and the gateway.
import { json, redirect } from '../gateway.ts'
import { against, type Unseen } from './failure.ts'

const page = (status: number, body: string, headers = {}) => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body,
})

export const network: readonly Unseen[] = [
  [
    'Akamai denies access to the authorization endpoint',
    against({
      authorize: () =>
        page(
          403,
          '<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don\'t have permission to access "http&#58;&#47;&#47;gw/authorize" on this server.<P>Reference&#32;&#35;18&#46;2d351ab8&#46;1557333295&#46;a4e16ab</BODY></HTML>',
        ),
    }),
    'firewall_page',
    /18\.2d351ab8\.1557333295\.a4e16ab/,
  ],
  [
    'Cloudflare challenges the token request',
    against({
      token: () =>
        page(
          403,
          '<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and cookies to continue</noscript></body></html>',
          {
            'cf-mitigated': 'challenge',
            'cf-ray': '8f2b1c2d3e4f5a6b-MAD',
          },
        ),
    }),
    'firewall_page',
    /8f2b1c2d3e4f5a6b-MAD/,
  ],
  [
    'F5 rejects the API call under HTTP 200',
    against({
      verify: () =>
        page(
          200,
          '<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID is: 4711081504711</body></html>',
        ),
    }),
    'firewall_page',
    /4711081504711/,
  ],
  [
    'Imperva answers with a frame and an incident ID',
    against({
      token: () =>
        page(
          403,
          '<html style="height:100%"><head><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW"></head><body><iframe src="/_Incapsula_Resource?CWUDNSAI=9&edet=12">Request unsuccessful. Incapsula incident ID: 1234000760012345-54321</iframe></body></html>',
        ),
    }),
    'firewall_page',
    /1234000760012345-54321/,
  ],
  [
    'a firewall blocks with JSON and an event id',
    against({
      verify: () => json({ message: 'Request blocked by WAF policy', event_id: 'ev-55aa' }, 403),
    }),
    'firewall_page',
    /blocked by WAF/,
  ],
  [
    'Envoy has no healthy upstream',
    against({
      verify: () => ({
        status: 503,
        headers: { 'content-type': 'text/plain' },
        body: 'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
      }),
    }),
    'api_error',
    /upstream connect error/,
  ],
  [
    'a load balancer demands a client certificate, in JSON',
    against({
      token: () =>
        json(
          { error: 'invalid_client', error_description: 'Client certificate is missing (tls_client_auth)' },
          401,
        ),
    }),
    'certificate_wanted',
    /mutual TLS/,
  ],
  [
    'Apache demands a client certificate by a page',
    against({
      token: () =>
        page(
          403,
          "<html><head><title>403 Forbidden</title></head><body><h1>Forbidden</h1><p>You don't have permission. Reason: Cannot perform Post-Handshake Authentication, SSL client certificate required.</p></body></html>",
        ),
    }),
    'certificate_wanted',
    /mutual TLS/,
  ],
  [
    "the operator's host of the second hop only resolves inside its network",
    against({ authorize: () => redirect('http://he.mno.internal/identify?x=1') }),
    'host_not_found',
    /hop 1|127\.0\.0\.1.*private|private.*mobile network/,
  ],
  [
    'a parked domain stands where the API should be',
    against({
      verify: () =>
        page(
          200,
          '<html><head><title>gateway.example is for sale</title></head><body><h1>This domain may be for sale!</h1></body></html>',
        ),
    }),
    'api_unreadable',
    /parked|for sale.*NV_API_URL|for sale.*--api-url/,
  ],
]
