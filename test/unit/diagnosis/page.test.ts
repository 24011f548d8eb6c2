// What kind of page came in place of an answer: one line, one kind.
import { expect, it } from 'vitest'
import { readPage } from '../../../src/diagnosis/page.ts'
import { processorMs } from '../../support/promptly.ts'

const read = (text: string, status = 200, headers: Record<string, string> = {}) =>
  readPage({
    status,
    headers: Object.entries(headers),
    body: { text, byteLength: text.length, isCut: false },
  })

it.each<[kind: string, html: string, status?: number]>([
  ['captive-portal', '<html><title>Hotel</title><p>Welcome to our Wi-Fi. Please log in.'],
  ['captive-portal', '<html><p>Network', 511],
  [
    'firewall',
    '<html><title>Request Rejected</title>The requested URL was rejected. Your support ID is: 123456789',
  ],
  ['firewall', '<html><title>Attention Required! | Cloudflare</title>Ray ID: 8f1c2d3e4f5a', 403],
  ['proxy', '<html><title>Blocked</title>Your organization has blocked this site (Zscaler)', 403],
  ['client-certificate', '<html><head><title>400 No required SSL certificate was sent</title></head>', 400],
  ['default-server', '<html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>'],
  [
    'form-post',
    '<html><form method="post" action="https://app.example/cb"><input type="hidden" name="code" value="[redacted]"></form>',
  ],
  ['redirect', '<html><meta http-equiv="refresh" content="0;url=https://next.example/x">'],
  ['redirect', '<html><script>window.location.href = "https://next.example/x"</script>'],
  ['app-link', '<html><a href="intent://scan/#Intent;end">Open</a>'],
  ['interstitial', '<html><p>Please open this page in your browser'],
  ['browser-refused', '<html><title>Browser required</title><p>Please use a supported browser', 403],
  ['browser-refused', '<html><p>Your user agent is not allowed', 403],
  ['wifi-off', '<html><p>Please turn off Wi-Fi and try again'],
  ['one-time-password', '<html><p>Enter the code we sent you<input autocomplete="one-time-code">'],
  ['consent', '<html><p>Acme asks for your consent to share your number.'],
  ['login', '<html><form><input type="password" name="p">'],
  ['error', '<html><h1>That failed</h1><p>redirect_uri is not registered', 200],
  ['error', '<html><h1>Oops', 500],
  ['other', '<!doctype html><p>Hello'],
  ['error', '<!-- nginx -->\n<!--b--><html><title>Down for maintenance</title>', 503],
])('%s: %s', (kind, html, status) => {
  expect(read(html, status)?.kind).toBe(kind)
})

it('a document that is no page is none, whatever comment it begins with', () => {
  expect(read('<!-- made by a gateway --><fault><code>1</code></fault>')).toBeNull()
})

it('shows the title, the first words, the reference and where it leads', () => {
  expect(
    read(
      '<html><head><title> A &amp; B </title></head><body><script>x</script><p>This is the first one. Second.',
    ),
  ).toMatchObject({
    title: 'A & B',
    words: 'This is the first one.',
  })
  expect(read('<html>Request rejected. Your support ID is: 1234567890')?.reference).toBe('1234567890')
  expect(read('<html><script>location.replace("https://next.example/x?code=1")</script>')?.target).toBe(
    'https://next.example/x',
  )
})

it.each(['', '{}', 'OK', '<?xml version="1.0"?><error/>', '<error>x</error>'])('%j is no page', (text) => {
  expect(read(text)).toBeNull()
})

it.each(['<meta http-equiv=refresh ', '<form method=post ', '<script>location', '<input type=hidden '])(
  'reads a page of nothing but %s in a moment',
  (tag) => {
    const startedMs = processorMs()
    read(`<html>${tag.repeat(5000)}`)
    expect(processorMs() - startedMs).toBeLessThan(2000)
  },
)
