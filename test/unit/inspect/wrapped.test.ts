// Things as they lie around: in a log, a mail, a chat, a page, or written for another program. What is recognised, and
// that no secret in them is shown.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { unwrappingsOf } from '../../../src/inspect/wrapping.ts'
import { describeUnknown } from '../../../src/inspect/unknown.ts'
import { inspectionJson } from '../../../src/report/inspection.ts'
import { codesOf, inspectText, makeJwt, nowSeconds } from '../../support/inspect.ts'

const secret = 'canarySecret1'
const url =
  'https://gw.example/authorize?response_type=code&client_id=my-app&scope=dpv%3AFraudPreventionAndDetection%20x&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=Zk3u9vRr0aPq12345678&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256'
const token = 'https://gw.example/token'
const basic = Buffer.from(`my-app:${secret}`).toString('base64')
const form = `grant_type=authorization_code&code=${secret}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb`
const jwt = makeJwt(
  { alg: 'RS256', kid: 'k' },
  { iss: 'a', aud: 'b', sub: 'c', nonce: 'n', iat: nowSeconds, exp: nowSeconds + 9 },
)
const escaped = url.replaceAll('&', '&amp;')

const things: ReadonlyArray<
  readonly [what: string, text: string, kind: string | null, codes?: readonly string[]]
> = [
  ['Markdown', `[open this](${url})`, 'authorize-url'],
  ['a chat', `<${escaped}|open>`, 'authorize-url'],
  ['a sentence', `please open ${url}, thanks.`, 'authorize-url'],
  ['a log line', `2026-11-28 INFO [main] Redirecting to ${url}`, 'authorize-url'],
  ['a log line in JSON', JSON.stringify({ level: 'info', msg: 'redirect', url }), 'authorize-url'],
  ['a whole that is percent-encoded', encodeURIComponent(url), 'authorize-url'],
  ['quoted-printable', url.replaceAll('=', '=3D').replace(/(.{70})/g, '$1=\r\n'), 'authorize-url'],
  ['wrapped lines', url.replace(/(.{60})/g, '$1\n'), 'authorize-url'],
  [
    'a link that a mail server rewrote',
    `https://safe.example/?url=${encodeURIComponent(url)}&data=05`,
    'authorize-url',
  ],
  ['a link of HTML', `<p><a href="${escaped}">Verify</a></p>`, 'authorize-url'],
  ['no scheme', url.slice('https://'.length), 'authorize-url'],
  ['a scope with its spaces', url.replace('%20', ' '), 'authorize-url'],
  ['developer tools', `Request URL: ${url}\nRequest Method: GET`, 'authorize-url'],
  [
    'an access log',
    `1.2.3.4 - - [x] "GET /cb?code=${secret}&state=Zk3u9vRr0aPq12 HTTP/1.1" 404 153`,
    'callback-url',
  ],
  [
    'a Location',
    'Location: https://app.example/cb?error=access_denied&state=abcdefghijk',
    'callback-url',
    ['access_denied'],
  ],
  [
    'a page that posts itself',
    `<form method="post" action="https://app.example/cb"><input name="code" value="${secret}"><input name="state" value="Zk3u9vRr0aPq12"></form>`,
    'callback-url',
  ],
  ['wrapped lines of a JWT', jwt.replace(/(.{40})/g, '$1\r\n'), 'jwt'],
  ['a member of JSON', `"id_token": "${jwt}",`, 'jwt'],
  [
    'a DPoP header',
    `DPoP: ${makeJwt({ alg: 'ES256', typ: 'dpop+jwt' }, { htm: 'POST', htu: token, iat: nowSeconds, jti: 'q' })}`,
    'jwt',
  ],
  [
    'JARM',
    `https://app.example/cb?response=${makeJwt({ alg: 'RS256' }, { iss: 'a', aud: 'b', exp: nowSeconds + 9, code: 'x' })}`,
    'jwt',
  ],
  ['SD-JWT', `${makeJwt({ alg: 'ES256', typ: 'vc+sd-jwt' }, { iss: 'a', _sd: [] })}~WyJzIl0~`, 'jwt'],
  [
    'JSON serialisation of JWS',
    JSON.stringify({ protected: jwt.split('.')[0], payload: jwt.split('.')[1], signature: 'c2ln' }),
    'jwt',
  ],
  [
    'times in milliseconds',
    makeJwt({ alg: 'RS256' }, { iss: 'a', sub: 'b', aud: 'c', exp: nowSeconds * 1000 }),
    'jwt',
    ['jwt_in_milliseconds', 'jwt_claim_missing'],
  ],
  ['Python', "{'error': 'invalid_grant', 'state': None}", 'error', ['invalid_grant']],
  ['JavaScript', "{ error: 'invalid_client', hint: `x`, }", 'error', ['invalid_client']],
  ['JSON with comments', '// response\n{"error":"invalid_grant" /* why */}', 'error', ['invalid_grant']],
  [
    'JSONP',
    `callback({"access_token":"${secret}","expires_in":300,"token_type":"Bearer"});`,
    'token-response',
  ],
  ['base64', Buffer.from('{"error":"invalid_grant"}').toString('base64'), 'error', ['invalid_grant']],
  [
    'an exception',
    'OAuth2Error: invalid_grant (code expired)\n    at Client.grant (/app/x.js:1:1)',
    'error',
    ['invalid_grant'],
  ],
  [
    'an exception with JSON',
    'Exception: 401: [{"error":"invalid_client","error_description":"no"}]',
    'error',
    ['invalid_client'],
  ],
  [
    'a line of a log of requests',
    `POST ${token} 401 {"error":"invalid_client"} 132ms`,
    'error',
    ['invalid_client'],
  ],
  [
    'a code of CAMARA alone',
    'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK',
    'error',
    ['user_not_authenticated_by_mobile_network'],
  ],
  [
    'the XML of TS.43',
    `<?xml version="1.0"?><wap-provisioningdoc><parm name="TemporaryToken" value="${secret}"/></wap-provisioningdoc>`,
    'operator-token',
  ],
  ['the JSON of TS.43', JSON.stringify({ Vers: {}, ap2014: { TemporaryToken: secret } }), 'operator-token'],
  [
    'curl -v',
    `* Connected\n> POST /token HTTP/1.1\n> Host: gw.example\n> Authorization: Basic ${basic}\n>\n< HTTP/1.1 401 Unauthorized\n< content-type: application/json\n<\n{"error":"invalid_client"}`,
    'har',
    ['invalid_client'],
  ],
  [
    'a list of entries',
    JSON.stringify([
      {
        request: { method: 'POST', url: token, headers: [], postData: { text: form } },
        response: { status: 400, headers: [], content: { text: '{"error":"invalid_grant"}' } },
      },
    ]),
    'har',
    ['invalid_grant'],
  ],
  [
    'a log line of a container',
    JSON.stringify({ log: '{"error":"invalid_grant"}\n', stream: 'stdout' }),
    'error',
    ['invalid_grant'],
  ],
  [
    'a log line with JSON in its message',
    JSON.stringify({ level: 'ERROR', message: 'failed: {"error":"invalid_client"}' }),
    'error',
    ['invalid_client'],
  ],
  ['percent-encoded JSON', encodeURIComponent('{"error":"invalid_grant"}'), 'error', ['invalid_grant']],
  ['a mail that was answered', `> ${url.replace(/(.{70})/g, '$1\n> ')}`, 'authorize-url'],
  ['a URL that was cut', `${url.slice(0, 140)}…`, 'authorize-url'],
  [
    'YAML',
    'issuer: https://gw.example\nauthorization_endpoint: https://gw.example/authorize\ntoken_endpoint: https://gw.example/token\njwks_uri: https://gw.example/jwks',
    'discovery-document',
  ],
  // A request without an answer is no answer of a server.
  [
    'Node without a name',
    'TypeError: fetch failed {\n  [cause]: Error: getaddrinfo ENOTFOUND gw.example {\n    code: "ENOTFOUND" } }',
    'error',
    ['host_not_found'],
  ],
  [
    'Java without trust',
    'javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path',
    'error',
    ['certificate_untrusted'],
  ],
  [
    'Python without trust',
    "SSLError: HTTPSConnectionPool(host='gw.example', port=443): certificate verify failed: [SSL: CERTIFICATE_VERIFY_FAILED]",
    'error',
    ['certificate_untrusted'],
  ],
  [
    'curl without a server',
    'curl: (7) Failed to connect to gw.example port 443',
    'error',
    ['connection_refused'],
  ],
  ['a browser without a name', `GET ${url} net::ERR_NAME_NOT_RESOLVED`, 'error', ['host_not_found']],
  // A token that the server quotes may be cut where it no longer looks like one.
  [
    'a token in the words of a server',
    JSON.stringify({
      message: `'${secret}' not a valid key=value pair in Authorization header: 'Bearer ${secret}'.`,
    }),
    'error',
    ['api_not_found'],
  ],
  // What is nested in an answer is none, however it was written down.
  ['a nested verdict', '{ data: { devicePhoneNumberVerified: true } }', 'api-answer', ['api_unreadable']],
  [
    'a nested verdict in a log',
    'got { data: { devicePhoneNumberVerified: true } } back',
    'api-answer',
    ['api_unreadable'],
  ],
  ['a verdict in a log', 'got { devicePhoneNumberVerified: false }', 'api-answer', []],
  [
    'two verdicts',
    'wanted {"devicePhoneNumberVerified": true}, got {"devicePhoneNumberVerified": false}',
    null,
  ],
  // What is something else is not called an error.
  ['variables', `NV_CLIENT_ID=my-app\nNV_CLIENT_SECRET=${secret}\nNV_TOKEN_URL=${token}\n`, null],
  [
    'a HAR that was cut',
    '{"log":{"version":"1.2","entries":[{"request":{"url":"https://gw.example/token","error":"x"',
    null,
  ],
  ['SAML', '<samlp:Response><saml:Issuer>https://idp</saml:Issuer></samlp:Response>', null],
]

test.each(things.map(([what, text, kind, codes = []]) => ({ what, text, kind, codes })))(
  '$what',
  async ({ text, kind, codes }) => {
    const inspection = await inspectText(text)
    expect(inspection?.kind ?? null).toBe(kind)
    expect(codesOf(inspection)).toEqual(codes)
    if (inspection !== null) expect(inspectionJson(inspection, 0)).not.toMatch(/canarySecret|Y2FuYXJ5/)
  },
)

const commands: ReadonlyArray<readonly [what: string, text: string, kind?: string]> = [
  [
    'curl of cmd.exe',
    `curl ^"${token}^" ^\r\n  -H ^"authorization: Basic ${basic}^" ^\r\n  --data-raw ^"${form.replaceAll('&', '^&').replaceAll('%', '^%^')}^"`,
    'curl',
  ],
  ['curl behind sudo', `sudo curl --user my-app:${secret} --data '${form}' ${token}`, 'curl'],
  ['curl with bent quotes', `curl –X POST “${token}” -u ‘my-app:${secret}’ -d ‘${form}’`, 'curl'],
  [
    'curl in Markdown',
    `I ran:\n\n\`\`\`bash\ncurl ${token} \\\n -u my-app:${secret} \\\n -d '${form}'\n\`\`\`\nand got 401`,
    'curl',
  ],
  [
    'fetch',
    `fetch("${token}", {"headers": {"authorization": "Basic ${basic}", "content-type": "application/x-www-form-urlencoded"}, "body": "${form}", "method": "POST"});`,
  ],
  [
    'fetch with parameters',
    `await fetch('${token}', { method: 'POST', headers: { Authorization: 'Basic ${basic}', 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ grant_type: 'authorization_code', code: '${secret}', redirect_uri: 'https://app.example/cb' }) })`,
  ],
  [
    'Python',
    `r = requests.post("${token}", data={"grant_type": "authorization_code", "code": "${secret}", "redirect_uri": "https://app.example/cb"}, auth=("my-app", "${secret}"))`,
  ],
  [
    'PowerShell',
    `Invoke-WebRequest -Uri "${token}" \`\n-Method "POST" \`\n-Headers @{\n"Authorization"="Basic ${basic}"\n} \`\n-ContentType "application/x-www-form-urlencoded" \`\n-Body "${form}"`,
  ],
  [
    'PowerShell with a table',
    `$body = @{ grant_type = 'authorization_code'; code = '${secret}'; client_id = 'my-app'; client_secret = '${secret}'; redirect_uri = 'https://app.example/cb' }\nirm -Method Post -Uri ${token} -Body $body`,
  ],
  [
    'axios',
    `axios({ method: 'post', url: '${token}', data: qs.stringify({ grant_type: 'authorization_code', code: '${secret}', redirect_uri: 'https://app.example/cb' }), auth: { username: 'my-app', password: '${secret}' } })`,
  ],
  ['wget', `wget -qO- --post-data='${form}' --header='Authorization: Basic ${basic}' ${token}`],
  [
    'HTTPie',
    `http -f POST ${token} Authorization:'Basic ${basic}' grant_type=authorization_code code=${secret} redirect_uri=https://app.example/cb`,
  ],
  [
    'raw HTTP',
    `POST /token HTTP/1.1\r\nHost: gw.example\r\nAuthorization: Basic ${basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n${form}`,
  ],
]

test.each(commands.map(([what, text, kind = 'request']) => ({ what, text, kind })))(
  'a request of $what',
  async ({ text, kind }) => {
    const inspection = await inspectText(text)
    expect(inspection).toMatchObject({ kind })
    expect(inspection?.summary).toContain('gw.example: a token request that exchanges an authorization code')
    expect(codesOf(inspection)).toEqual([])
    expect(JSON.stringify(inspection)).not.toMatch(/canarySecret|Y2FuYXJ5/)
  },
)

describe('of what stands in a variable, nothing is claimed', () => {
  const tokenCall = [
    `fetch("${token}", requestOptions)`,
    `await fetch('${token}', { method: 'POST', headers, body })`,
    `requests.post("${token}", headers=headers, data=data)`,
    `axios.post('${token}', data, options)`,
    `axios.post('${token}', new URLSearchParams(data), { headers: myHeaders })`,
  ]
  test.each(tokenCall)('%s', async (text) => {
    const inspection = await inspectText(text)
    expect(inspection?.findings).toEqual([])
    expect(inspection?.summary).toMatch(/gw\.example: a token request; nv can't see its .*variables?$/)
    expect(JSON.stringify(inspection?.facts)).not.toMatch(/missing|variable|"GET"/)
  })

  test.each([
    ['requests.post("https://gw.example/number-verification/v0/verify", headers=headers, json=data)'],
    ['fetch("https://gw.example/number-verification/v0/verify", requestOptions)'],
  ])('%s', async (text) => {
    expect(codesOf(await inspectText(text))).toEqual([])
  })

  test('what is seen beside it is judged', async () => {
    expect(codesOf(await inspectText(`fetch("${token}", { method: 'GET', headers, body })`))).toEqual([
      'request_method_wrong',
    ])
    expect(codesOf(await inspectText(`requests.post("${token}", data=data)`))).toEqual([])
    expect(
      codesOf(await inspectText(`requests.post("${token}", headers={"Accept": "a"}, data={"code": "x"})`)),
    ).toContain('parameter_missing')
  })
})

describe('what a template leaves open is no reason not to read the rest', () => {
  test.each([
    [
      'grant_type=authorization_code&code={{authorization_code}}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
      'token-request',
    ],
    ['grant_type=urn:openid:params:grant-type:ciba&auth_req_id={{auth_req_id}}', 'token-request'],
    [
      'login_hint={{identifier-type}}:{{enduser-identifier}}&scope={{api-product-purpose}}',
      'backchannel-request',
    ],
  ])('%s', async (text, kind) => {
    expect(await inspectText(text)).toMatchObject({ kind, findings: [] })
  })
})

test('a backchannel request without credentials is called what it is', async () => {
  const inspection = await inspectText(
    "curl https://gw.example/bc-authorize -d 'login_hint=tel:%2B34600000001' -d 'scope=openid dpv:x'",
  )
  expect(inspection?.findings.map(({ step, title }) => [step, title])).toContainEqual([
    'authorize',
    'The backchannel request has no client authentication',
  ])
})

test('nv claims no run of its own for a CIBA response that was brought', async () => {
  const inspection = await inspectText('{"auth_req_id":"abc123"}')
  expect(inspection?.findings.map(({ fix }) => fix)).toEqual(['Report it to the provider.'])
})

test.each([
  `let clientSecret = "my-app-secret";\nconst url = "https://gw.example";\n// the client is unauthorized: invalid`,
  `from flask import Flask, request\ncredentials = ClientCredentials(clientid='a')\n# error`,
  `// verify\nimport express from "express"\nconst app = express() // invalid credentials`,
  `package com.example;\nthrow new Error("access denied");`,
  `<?php\n$error = 'invalid client';`,
])('the source of a program is no error of a server: %j', async (text) => {
  expect(await inspectText(text)).toBeNull()
  expect(describeUnknown(text)).toContain('source of a program')
})

describe('what is not recognised is named', () => {
  test.each([
    ['\uFFFDPNG\r\n\u001a\n', 'picture'],
    ['\u001f\uFFFD\b\0', 'gzip'],
    ['PK\u0003\u0004', 'ZIP'],
    [`MIIKHwIBAzCC${'A'.repeat(300)}`, 'PKCS#12'],
    ['ssh-rsa AAAA me@host', 'public key of SSH'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJh', 'starts like a JWT'],
    ['Authorization: Basic bXktYXBwOng=', 'HTTP Basic'],
    ['https://app.example/cb#access_token=abc&token_type=bearer', 'implicit flow'],
    ['{"iss":"a","exp":1}', 'claims of a JWT'],
    ['{"active":true,"client_id":"a"}', 'introspection'],
    ['{"values":[],"_postman_variable_scope":"environment"}', 'nv profile import'],
  ])('%j', (text, words) => {
    expect(describeUnknown(text)).toContain(words)
  })
})

test('a key that is indented, as in YAML, can be used', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const inspection = await inspectText(`private_key: |\n${pem.replace(/^/gm, '    ')}`)
  expect([inspection?.kind, codesOf(inspection)]).toEqual(['key', []])
  const inOneLine = await inspectText(pem.replaceAll('\n', ' '))
  expect(codesOf(inOneLine)).toEqual(['key_unusable'])
  expect(inOneLine?.findings[0]?.cause).toContain('line breaks were lost')
})

test('a text of millions of characters is named, too', () => {
  expect(describeUnknown('x'.repeat(9_000_000))).toContain('opaque token of 9000000 characters')
  expect(describeUnknown(`https://a/${'x'.repeat(9_000_000)}`)).toContain('web address')
})

test('a hostile text is unwrapped soon', () => {
  const started = process.hrtime.bigint()
  for (const bait of [
    '{',
    '[{"a":',
    '```',
    'https://a/?b= &c=',
    '=3D',
    'curl ',
    '<parm name="',
    '%3A%2F%2F',
    "('",
    'a.',
  ])
    for (const inside of unwrappingsOf(bait.repeat(250_000 / bait.length))) expect(inside).not.toBe('')
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(8000)
})

test.each([
  '--proxy-user me:hunter2',
  '--tlspassword hunter2',
  '--an-option-of-tomorrow hunter2',
  '--variable pw=hunter2',
  '--aws-sigv4 aws:hunter2',
])('the value of %s is neither the address of a curl command nor shown', async (option) => {
  for (const command of [
    `curl ${option} https://gw.example/token -d grant_type=authorization_code`,
    `curl ${option} -d grant_type=authorization_code`,
  ]) {
    const shown = JSON.stringify(await inspectText(command))
    expect(shown).not.toContain('hunter2')
    expect(shown.includes('gw.example')).toBe(command.includes('gw.example'))
  }
})
