// What people paste that nobody had thought of: from logs, mails, developer tools, translations, shortened texts.
import { expect, test } from 'vitest'
import { explainRefusal, judgePasted } from '../../../src/reach/inlets/pasted.ts'

const redirectUri = 'https://app.example/cb'
const state = 'Zk3u9vRr0aPqZk3u9vRr0aPqZk3u9vRr0aPqZk3u9vR'
const code = 'AbC123xyz'
const whole = `${redirectUri}?code=${code}&state=${state}`
const encoded = encodeURIComponent(whole)

test.each<[string, string]>([
  [
    'an intent of Android',
    `intent://app.example/cb?code=${code}&state=${state}#Intent;scheme=https;package=com.android.chrome;end`,
  ],
  ['a link in a search', `https://www.google.com/url?q=${encoded}&sa=D`],
  ['a link that mail has wrapped', `https://eur01.safelinks.protection.outlook.com/?url=${encoded}&data=05`],
  ['a line of a log in JSON', `{"level":"info","url":"${whole}"}`],
  ['a text out of JSON', `https:\\/\\/app.example\\/cb?code=${code}\\u0026state=${state}`],
  ['what a shell wants', `https://app.example/cb\\?code\\=${code}\\&state\\=${state}`],
  [
    'a line of an access log',
    `127.0.0.1 - - [28/Nov/2026] "GET /cb?code=${code}&state=${state} HTTP/1.1" 200 -`,
  ],
  ['a command for curl', `curl '${whole}' -H 'accept: */*'`],
  ['developer tools', `Request URL:\n${whole}\nRequest Method:\nGET`],
  ['a header', `< Location: ${whole}\r`],
  ['a member of a HAR', `"redirectURL": "${whole}",`],
  ['a link in HTML', `<a href="${whole.replaceAll('&', '&amp;')}">here</a>`],
  ['HTML that was escaped twice', whole.replace('&', '&amp;amp;')],
  [
    'a mail as it is sent',
    `${redirectUri}?code=3D${code}&state=3D${state.slice(0, 10)}=\n${state.slice(10)}`,
  ],
  ['the parameters, a line each', `code=${code}\nstate=${state}`],
  ['a page that lists them', `code: ${code}\nstate: ${state}`],
  ['the query, over two lines', `code=${code}&\nstate=${state}`],
  [
    'both addresses, the first one too',
    `https://gw.example/authorize?response_type=code&client_id=x&redirect_uri=${encodeURIComponent(redirectUri)}&state=${state}\nthen\n${whole}`,
  ],
  ['a reader view', `about:reader?url=${encoded}`],
  ['an archive', `https://web.archive.org/web/2026/${whole}`],
  ['a translation', `https://app-example.translate.goog/cb?code=${code}&state=${state}&_x_tr_sl=de`],
  [
    'lines with an indent',
    `${redirectUri}?code=AbC1\n    23xyz&state=${state.slice(0, 20)}\n    ${state.slice(20)}`,
  ],
])('%s', (_name, text) => {
  expect(judgePasted(text, redirectUri, state).parameters?.get('code')).toBe(code)
})

test.each<[string, string, string, RegExp]>([
  [
    'a code of which the end is missing',
    `${redirectUri}?code=AbC12…&state=${state}`,
    'shortened',
    /showed it shortened/,
  ],
  ['in three dots', `${redirectUri}?code=AbC12...&state=${state}`, 'shortened', /showed it shortened/],
  [
    'a state of which the end is missing',
    `${redirectUri}?code=${code}&state=Zk3u9vRr…`,
    'shortened',
    /showed it shortened/,
  ],
  ['a phone number', '+34600000001', 'not_an_address', /Paste the whole address/],
  ['only the code', 'AbC123xyz456', 'bare_code', /looks like only the code/],
])('%s is answered with what it is', (_name, text, verdict, words) => {
  const judged = judgePasted(text, redirectUri, state)
  expect([judged.verdict, judged.parameters]).toEqual([verdict, null])
  expect(explainRefusal(judged, redirectUri)).toMatch(words)
})
