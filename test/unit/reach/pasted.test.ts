// What a user pasted: taken when it is the callback, named when it is something else.
import { describe, expect, test } from 'vitest'
import { explainRefusal, judgePasted } from '../../../src/reach/inlets/pasted.ts'

const state = 'Zm9vYmFyYmF6cXV4'
const redirectUri = 'https://app.example/callback'
const judge = (text: string) => judgePasted(text, redirectUri, state)

describe('the callback is taken', () => {
  test.each([
    ['as an address', `${redirectUri}?code=abc&state=${state}`],
    ['as a query', `?code=abc&state=${state}`],
    ['as parameters', `code=abc&state=${state}`],
    ['in quotes', `"${redirectUri}?code=abc&state=${state}"`],
    ['in angle brackets', `<${redirectUri}?code=abc&state=${state}>`],
    ['with line breaks', `${redirectUri}?code=a\r\n  bc&st\nate=${state}`],
    ['with &amp; of HTML', `${redirectUri}?code=abc&amp;state=${state}`],
    ['with the & of JSON', `${redirectUri}?code=abc\\u0026state=${state}`],
    ['escaped for a shell', `${redirectUri}\\?code\\=abc\\&state\\=${state}`],
    ['behind a #', `${redirectUri}#code=abc&state=${state}`],
    ['behind a ?#', `${redirectUri}?#code=abc&state=${state}`],
    ['before a # that means nothing', `${redirectUri}?code=abc&state=${state}#_=_`],
    ['of an app', `com.example.app://callback?code=abc&state=${state}`],
    ['at another host', `http://localhost:3000/?code=abc&state=${state}`],
  ])('%s', (_how, text) => {
    const { parameters, verdict, what } = judge(text)
    expect(verdict).toBe('taken')
    expect([parameters?.get('code'), parameters?.get('state')]).toEqual(['abc', state])
    expect(what.state).toBe('ours')
    expect(JSON.stringify(what)).not.toMatch(/abc|Zm9v/)
  })

  test('with an error', () => {
    expect(judge(`${redirectUri}?error=access_denied&state=${state}`)).toMatchObject({
      verdict: 'taken',
      what: { error: 'access_denied', kind: 'address', host: 'app.example', path: '/callback' },
    })
  })

  test('behind a #: that is recorded', () => {
    expect(judge(`${redirectUri}#code=abc&state=${state}`).what.isInFragment).toBe(true)
  })
})

describe('anything else is named', () => {
  test.each([
    [
      'authorize_url',
      `http://127.0.0.1:1/authorize?response_type=code&client_id=my-app&state=${state}`,
      'This is the address that nv showed, not the one the phone ended on.',
    ],
    [
      'authorize_url',
      `https://gateway.example/authorize?client_id=my-app&request=eyJ.e30.x`,
      'This is the address that nv showed',
    ],
    [
      'error_page',
      'https://operator.example/error?error=invalid_redirect_uri&error_description=The+redirect_uri+is+not+registered',
      'operator.example shows an error: invalid_redirect_uri (The redirect_uri is not registered). Compare client_id and redirect_uri',
    ],
    [
      'error_page',
      'https://operator.example/#error=server_error',
      'operator.example shows an error: server_error.',
    ],
    ['error_page', 'https://operator.example/e?error=x&state=theirs', 'operator.example shows an error: x.'],
    [
      'state_missing',
      `${redirectUri}?error=access_denied&error_description=Line+not+found`,
      'The gateway sent an error: access_denied (Line not found). It has no state',
    ],
    ['state_missing', '?error=access_denied', 'The gateway sent an error: access_denied.'],
    [
      'state_missing',
      `${redirectUri}?code=abc`,
      'It has no state. If the address was wrapped, paste the rest of it.',
    ],
    ['state_missing', `${redirectUri}?code=abc&state=`, 'It has no state.'],
    [
      'state_differs',
      `${redirectUri}?code=abc&state=other`,
      'It belongs to another attempt: its state differs.',
    ],
    ['state_doubled', `?code=abc&state=${state}&state=${state}`, 'It has more than one state'],
    ['no_parameters', `${redirectUri}?state=${state}`, 'It has our state, but neither a code nor an error.'],
    ['wrong_host', `https://operator.example/login?state=${state}`, 'It has neither a code nor an error'],
    ['wrong_path', `https://app.example/login?state=${state}`, `is not the redirect_uri ${redirectUri}`],
    ['bare_code', 'SplxlOBeZQQYbYS6WxSbIA', 'That looks like only the code.'],
    ['bare_code', '4/P7q7W91a-oMsCeLvIaQm6bTrgtp7', 'That looks like only the code.'],
    ['not_an_address', 'no address', 'It has no code, error or state.'],
    ['not_an_address', 'hello', 'It has no code, error or state.'],
    ['not_an_address', 'https://app.example/callback', 'It has no code, error or state.'],
    ['not_an_address', 'https://app.example/callback?lang=es', 'It has no code, error or state.'],
    ['not_an_address', '', 'It has no code, error or state.'],
  ])('%s: %s', (verdict, text, words) => {
    const judged = judge(text)
    expect([judged.verdict, judged.parameters]).toEqual([verdict, null])
    expect(explainRefusal(judged, redirectUri)).toContain(words)
  })

  test('what a page says steers no terminal', () => {
    const words = explainRefusal(
      judge('https://operator.example/?error=%1b%5b2J&error_description=%0a%e2%80%ae'),
      redirectUri,
    )
    expect(words).not.toMatch(/[^\P{C}]/u)
  })
})

test.each([
  'https://betreiber.example/fehler?fehlercode=77&fehlermeldung=Redirect-URI+unbekannt',
  'https://operador.example/fallo?codigoError=77&mensajeError=Redirect-URI+unbekannt',
  'https://operator.example/oops?errorCode=77&errorMessage=Redirect-URI+unbekannt',
])('an error page keeps its words under whatever names it has for them: %s', (text) => {
  expect(judgePasted(text, 'https://app.example/callback', 'x'.repeat(43))).toMatchObject({
    verdict: 'error_page',
    what: { error: '77', errorDescription: 'Redirect-URI unbekannt' },
  })
})
