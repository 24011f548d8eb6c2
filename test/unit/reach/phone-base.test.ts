// Under which address a phone reaches the listener, and where the gateway's redirect leaves it.
import { expect, test } from 'vitest'
import { findLanding } from '../../../src/reach/landing.ts'
import { findPhoneBase, type Meeting } from '../../../src/reach/phone-base.ts'

const loopback: Meeting = {
  opener: 'person',
  redirectUri: 'http://127.0.0.1:8080/callback',
  leadsHere: true,
  listening: { host: '127.0.0.1', port: 8080 },
  isTls: false,
  tunnelUrl: null,
}
const forwarded = { ...loopback, redirectUri: 'https://nv.example/number/callback' }
const elsewhere = { ...loopback, redirectUri: 'https://shop.example/callback', leadsHere: false }

test.each<[string, Meeting, string | null, string]>([
  ['loopback', loopback, null, 'itself'],
  ['loopback over USB', { ...loopback, opener: 'cable' }, 'http://127.0.0.1:8080', 'here'],
  [
    'loopback over USB, listening on another port',
    { ...loopback, opener: 'cable', listening: { host: '127.0.0.1', port: 9090 } },
    'http://127.0.0.1:8080',
    'here',
  ],
  ['a public name with --listen', forwarded, 'https://nv.example', 'here'],
  ['a public name that nobody forwards', { ...forwarded, leadsHere: false }, null, 'elsewhere'],
  ["the customer's own server", elsewhere, null, 'elsewhere'],
  [
    "the customer's own server, over USB",
    { ...elsewhere, opener: 'cable' },
    'http://127.0.0.1:8080',
    'elsewhere',
  ],
  [
    "the customer's own server, with a tunnel for the link",
    { ...elsewhere, tunnelUrl: 'https://blue-cat.tunnel.example/' },
    'https://blue-cat.tunnel.example',
    'elsewhere',
  ],
  [
    'a loopback redirect_uri, with a tunnel for the link',
    { ...loopback, tunnelUrl: 'https://blue-cat.tunnel.example/nv/' },
    'https://blue-cat.tunnel.example/nv',
    'itself',
  ],
  [
    'a hotspot',
    {
      ...loopback,
      redirectUri: 'http://172.20.10.2:8080/callback',
      listening: { host: '172.20.10.2', port: 8080 },
    },
    'http://172.20.10.2:8080',
    'here',
  ],
  [
    'a LAN address for the link only, with TLS',
    { ...elsewhere, listening: { host: '192.168.1.7', port: 8443 }, isTls: true },
    'https://192.168.1.7:8443',
    'elsewhere',
  ],
  [
    'every address, where the redirect_uri names one',
    {
      ...loopback,
      redirectUri: 'http://192.168.1.7:8080/callback',
      listening: { host: '0.0.0.0', port: 8080 },
    },
    'http://192.168.1.7:8080',
    'here',
  ],
  [
    'every address, where nothing names one',
    { ...elsewhere, listening: { host: '::', port: 8080 } },
    null,
    'elsewhere',
  ],
  ["an app's own scheme", { ...elsewhere, redirectUri: 'com.shop.app:/callback' }, null, 'elsewhere'],
  ["this machine's browser", { ...loopback, opener: 'machine' }, null, 'here'],
  ['no phone at all', { ...forwarded, opener: 'machine' }, null, 'here'],
])('%s', (_name, meeting, base, landing) => {
  expect([findPhoneBase(meeting), findLanding(meeting)]).toEqual([base, landing])
})
