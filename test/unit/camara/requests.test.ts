// What is asked of the API, and where: bases as people have them, versions as operators name them.
import { describe, expect, test } from 'vitest'
import { buildNumberRequest, buildVerifyRequest, readApiBase, versionOf } from '../../../src/camara/api.ts'

const host = 'https://api.example'

test.each<[string, object]>([
  ['', { url: '', lacks: 'api and version', version: null, operation: null }],
  ['/', { url: '', lacks: 'api and version' }],
  ['/camara', { url: '/camara', lacks: 'api and version' }],
  ['/number-verification', { url: '/number-verification', lacks: 'version' }],
  ['/number-verification/', { url: '/number-verification', lacks: 'version' }],
  ['/number-verification/v2', { lacks: 'nothing', version: 'v2' }],
  ['/number-verification/v031//', { url: '/number-verification/v031', lacks: 'nothing', version: 'v0' }],
  ['/number-verification/production', { lacks: 'nothing', version: null }],
  ['/nv/vwip', { lacks: 'nothing', version: 'v2' }],
  // Nokia's: the name comes again before its version.
  ['/passthrough/v1/number-verification', { lacks: 'api and version', version: null }],
  ['/verify', { url: '', lacks: 'nothing', version: null, operation: 'verify' }],
  ['/number-verification/v1/verify/', { url: '/number-verification/v1', version: 'v1', operation: 'verify' }],
  ['/x/device-phone-number', { url: '/x', lacks: 'nothing', operation: 'device-phone-number' }],
])('the base %j', (path, read) => {
  const expected = 'url' in read ? { ...read, url: host + String(read.url) } : read
  expect(readApiBase(host + path)).toMatchObject(expected)
})

test.each([
  ['/v0', 'v0'],
  ['/x/v1', 'v1'],
  ['/x/v2/', 'v2'],
  ['v1rc2', 'v1'],
  ['/v031', 'v0'],
  ['/vwip', 'v2'],
  ['/V1', 'v1'],
  ['/v3', 'v2'],
  ['/xv1', null],
  ['/v1/x', null],
  ['/version', null],
  ['/', null],
])('the path %s is of version %s', (path, version) => {
  expect(versionOf(path)).toBe(version)
})

describe('requests', () => {
  test.each([
    [`${host}/`, 'number-verification/v2', `${host}/number-verification/v2`],
    [`${host}/nv/v1`, '', `${host}/nv/v1`],
  ])('to %s with the path %j', async (apiUrl, apiPath, base) => {
    const verify = await buildVerifyRequest({ apiUrl, apiPath, phoneNumber: '+34600000001', isHashed: false })
    expect(verify).toEqual({
      method: 'POST',
      url: `${base}/verify`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: '{"phoneNumber":"+34600000001"}',
    })
    expect(buildNumberRequest({ apiUrl, apiPath })).toEqual({
      method: 'GET',
      url: `${base}/device-phone-number`,
      headers: { accept: 'application/json' },
    })
  })

  test('one with a hash has no number', async () => {
    const options = { apiUrl: host, apiPath: 'x', phoneNumber: '+346661113334', isHashed: true }
    expect(JSON.parse((await buildVerifyRequest(options)).body ?? '')).toEqual({
      hashedPhoneNumber: '6dd5d20f257c1f3620662454064e3aa25ba9a6c7a4d1e99e965bbadd3a7e07d6',
    })
  })
})
