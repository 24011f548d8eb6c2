// The discovery document: where it is, and what is read from it.
import { describe, expect, it } from 'vitest'
import { checkDiscovery, discoveryUrls, readDiscovery } from '../../../src/oauth/discovery.ts'

const issuer = 'https://operator.example'
const document = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
}

it.each([
  ['', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  ['/', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'],
  ['/a/1', '/a/1/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/a/1'],
  ['/a/1/', '/a/1/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/a/1'],
])('of https://operator.example%s is at %s, or at %s', (path, ...expected) => {
  expect(discoveryUrls(issuer + path)).toEqual(expected.map((place) => issuer + place))
})

describe('is read', () => {
  it('leniently', () => {
    expect(readDiscovery(JSON.stringify(document))).toEqual({
      authorizeUrl: `${issuer}/authorize`,
      tokenUrl: `${issuer}/token`,
      backchannelUrl: null,
      jwksUri: null,
      issuer,
      isIssuerRequired: false,
      metadata: document,
    })
    expect(readDiscovery(`\uFEFF${JSON.stringify(document)}`)).toMatchObject({ issuer })
    expect(readDiscovery('{}')).toEqual({
      authorizeUrl: null,
      tokenUrl: null,
      backchannelUrl: null,
      jwksUri: null,
      issuer: null,
      isIssuerRequired: false,
      metadata: {},
    })
  })

  it('with endpoints only where they are texts', () => {
    const broken = { ...document, token_endpoint: ['x'], authorization_endpoint: { a: 1 } }
    expect(readDiscovery(JSON.stringify(broken))).toMatchObject({ authorizeUrl: null, tokenUrl: null })
  })

  it.each([
    [true, true],
    ['true', false],
    [1, false],
    [undefined, false],
  ])('authorization_response_iss_parameter_supported %j: iss is required %s', (value, isIssuerRequired) => {
    const text = JSON.stringify({ ...document, authorization_response_iss_parameter_supported: value })
    expect(readDiscovery(text)).toMatchObject({ isIssuerRequired })
  })

  it.each(['', 'null', '[]', '"x"', '<html>', '{"issuer"'])('as nothing when it is %j', (text) => {
    expect(readDiscovery(text)).toBeNull()
  })
})

describe('a strict client', () => {
  const json = (value: unknown) =>
    new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } })

  it('objects to nothing in a good one', async () => {
    expect(await checkDiscovery(issuer, json(document))).toBeNull()
  })

  it.each<[string, Response]>([
    ['another issuer', json({ ...document, issuer: 'https://other.example' })],
    ['no issuer', json({ ...document, issuer: undefined })],
    ['another status', new Response(JSON.stringify(document), { status: 203 })],
  ])('objects to %s', async (_, response) => {
    expect(await checkDiscovery(issuer, response)).toMatch(/\S/)
  })
})
