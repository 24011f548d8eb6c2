// What people really copy: the address is found in it, or they are told what it is they copied.
import { describe, expect, test } from 'vitest'
import { explainRefusal, judgePasted } from '../../../src/reach/inlets/pasted.ts'
import { processorMs } from '../../support/promptly.ts'

const state = 'Zm9vYmFyYmF6cXV4'
const redirectUri = 'https://app.example/callback'
const callback = `${redirectUri}?code=a-b_c&state=${state}`
const stateFirst = `${redirectUri}?state=${state}&code=a-b_c`
const judge = (text: string) => judgePasted(text, redirectUri, state)
const quotedPrintable = callback.replaceAll('=', '=3D')

describe('the callback is found', () => {
  test.each([
    ['over two lines', `${redirectUri}?code=a-b\n_c&state=${state}`],
    ['over two lines of a mail', `> ${redirectUri}?code=a-b\n> _c&state=${state}`],
    [
      'over two lines, with words before and behind',
      `It is:\n${redirectUri}?code=a-b\n_c&state=${state}\nand now?`,
    ],
    ['over two lines, words on the last', `${redirectUri}?code=a-b_c&st\nate=${state} is where it ended`],
    ['with spaces in it', `${redirectUri}?code=a-b_c& state=${state}`],
    [
      'with other parameters',
      `${redirectUri}?lang=es&code=a-b_c&session_state=9&state=${state}&iss=https%3A%2F%2Fx.example`,
    ],
    ['with &amp; twice escaped', callback.replace('&', '&amp;amp;')],
    ['with a numeric entity', callback.replace('&', '&#38;')],
    ['with the slashes of JSON', `"${callback.replaceAll('/', '\\/')}"`],
    ['behind a #', `${redirectUri}#state=${state}&code=a-b_c`],
    ['behind a # of a router', `https://app.example/callback#/done?code=a-b_c&state=${state}`],
    ['in typographic quotes', `“${callback}”`],
    ['in backticks', `\`${callback}\``],
    ['in guillemets and a sentence', `Vi «${callback}».`],
    ['as a link in Markdown', `[the page](${callback})`],
    ['as a bare link in Markdown', `[${callback}](${callback})`],
    ['bold in Markdown', `**${stateFirst}**`],
    ['as a link in Slack', `<${callback}|app.example>`],
    ['in angle brackets among words', `see <${stateFirst}>, please`],
    ['in brackets', `The phone ended here (${stateFirst}).`],
    ['at the end of a sentence', `It ended at ${stateFirst}.`],
    ['before a comma', `${stateFirst}, it said`],
    ['in a chat with a name and a time', `[27/11/26, 22:04] Ana: ${callback}`],
    [
      'after the address that nv showed',
      `I opened https://gw.example/authorize?client_id=a&state=${state} and got ${callback}`,
    ],
    ['without its scheme', callback.replace('https://', '')],
    ['without its scheme, among words', `ended at ${callback.replace('https://', '')} just now`],
    ['as a path', `/callback?code=a-b_c&state=${state}`],
    ['as a line of a log', `10.0.0.7 - - "GET /callback?code=a-b_c&state=${state} HTTP/1.1" 404 153`],
    ['as a header', `Location: ${callback}`],
    ['percent-encoded whole', encodeURIComponent(callback)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(callback))],
    ['as a mail encodes it', quotedPrintable],
    ['in the link of a redirector', `https://www.google.com/url?q=${encodeURIComponent(callback)}&sa=D`],
    ['as the source of a page', `view-source:${callback}`],
    ['with a second question mark', `${redirectUri}?app=1?code=a-b_c&state=${state}`],
    ['as JSON', JSON.stringify({ code: 'a-b_c', state })],
    ['as JSON over lines', JSON.stringify({ ok: true, code: 'a-b_c', state, iss: 'x' }, null, 2)],
    ['with marks nobody sees', `\u200b\u2068${callback}\u2069\ufeff`],
  ])('%s', (_how, text) => {
    const { parameters, verdict, what } = judge(text)
    expect(verdict).toBe('taken')
    expect([parameters?.get('code'), parameters?.get('state')]).toEqual(['a-b_c', state])
    expect(JSON.stringify(what)).not.toMatch(/a-b_c|Zm9v/)
  })

  test('an error too', () => {
    const judged = judge(`Now it says: ${redirectUri}?error=access_denied&state=${state}.`)
    expect(judged).toMatchObject({ verdict: 'taken', what: { error: 'access_denied' } })
  })
})

describe('a state is checked, however it was copied', () => {
  test.each([
    ['among words', `it ended at ${redirectUri}?code=abc&state=other thanks`, 'state_differs'],
    ['percent-encoded', encodeURIComponent(`${redirectUri}?code=abc&state=other`), 'state_differs'],
    ['ours and another', `${redirectUri}?code=abc&state=${state}&state=other`, 'state_doubled'],
    ['in another parameter', `${redirectUri}?code=abc&note=${state}`, 'state_missing'],
    ['in the words', `${redirectUri}?code=abc&state=other ${state}`, 'state_differs'],
  ])('%s', (_how, text, verdict) => {
    expect(judge(text)).toMatchObject({ verdict, parameters: null })
  })

  test('a code inside the address of another server is not taken', () => {
    const inner = encodeURIComponent(`https://operator.example/cb?code=inner&state=${state}`)
    expect(judge(`https://operator.example/login?goto=${inner}`)).toMatchObject({ parameters: null })
  })
})

describe('anything else is called what it is', () => {
  test.each([
    [
      'authorize_url',
      `I have https://gw.example/authorize?client_id=a&state=${state} open`,
      'the address that nv showed',
    ],
    [
      'error_page',
      'now at https://operator.example/e?error=invalid_client :(',
      'operator.example shows an error: invalid_client.',
    ],
    [
      'state_missing',
      'app.example/callback?error=access_denied',
      'The gateway sent an error: access_denied.',
    ],
    ['bare_code', 'Code: SplxlOBeZQQYbYS6WxSbIA', 'looks like only the code'],
    ['not_an_address', 'https://app.example/callback', 'may have removed them: go back once'],
    ['not_an_address', 'https://operator.example/error/404', 'The phone is still at operator.example.'],
    ['not_an_address', 'chrome-error://chromewebdata/', 'a page of the browser itself'],
    ['not_an_address', 'about:blank', 'a page of the browser itself'],
    ['not_an_address', 'it says: the page is not there', 'Paste the whole address.'],
  ])('%s: %s', (verdict, text, words) => {
    const judged = judge(text)
    expect([judged.verdict, judged.parameters]).toEqual([verdict, null])
    expect(explainRefusal(judged, redirectUri)).toContain(words)
  })
})

test('a page that was pasted as a whole costs no time', () => {
  const startedAt = processorMs()
  judge('a=b '.repeat(20_000))
  judge('['.repeat(60_000))
  judge('%3d%'.repeat(20_000))
  judge(`?${'?='.repeat(20_000)}`)
  expect(processorMs() - startedAt).toBeLessThan(2000)
})
