// Who opens a link: a person on a phone, in whatever browser, or a program that looks at it because it was sent.
import { describe, expect, test } from 'vitest'
import type { IncomingRequest } from '../../../src/context.ts'
import { isNavigation } from '../../../src/reach/inlets/request.ts'

const request = (agent: string, headers: Record<string, string> = {}): IncomingRequest => ({
  method: 'GET',
  target: '/s/abc?go',
  headers: Object.entries({ host: 'nv.example', 'user-agent': agent, ...headers }),
  body: '',
  isTooLarge: false as true,
  remoteAddress: '203.0.113.7',
})

const android = 'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko)'
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

describe('a person', () => {
  test.each([
    ['Chrome', `${android} Chrome/131.0.0.0 Mobile Safari/537.36`],
    ['Safari', `${iphone} Version/18.1 Mobile/15E148 Safari/604.1`],
    ['Samsung Internet', `${android} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`],
    [
      'a phone by Cubot',
      `Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 Chrome/110.0 Mobile Safari/537.36`,
    ],
    [
      'inside Telegram',
      `${android} Chrome/131.0 Mobile Safari/537.36 Telegram-Android/11.5.3 (Samsung; SDK 34)`,
    ],
    ['inside Viber', `${iphone} Mobile/15E148 Viber/22.9`],
    ['inside Teams', `${android} Version/4.0 Chrome/131.0 Mobile Safari/537.36 TeamsMobile-Android`],
    ['inside Instagram', `${iphone} Mobile/15E148 Instagram 361.0.0.35.82 (iPhone15,2; iOS 18_1)`],
    [
      'inside Facebook',
      `${android} Version/4.0 Chrome/131.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/491.0.0.33.78;]`,
    ],
    ['inside LINE', `${iphone} Mobile/15E148 Safari Line/14.19.0`],
    ['inside Slack', `${iphone} Mobile/15E148 Slack/24.11.20`],
    ['a browser that hides what it is', ''],
  ])('%s', (_name, agent) => {
    expect(isNavigation(request(agent))).toBe(true)
  })

  test('who clicked is one, whatever the browser is called', () => {
    const clicked = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-user': '?1' }
    expect(isNavigation(request('Mozilla/5.0 (Linux; Android 13) MyAppPreview/2 Chrome/120', clicked))).toBe(
      true,
    )
    expect(
      isNavigation(request(`${android} Chrome/131`, { ...clicked, 'sec-purpose': 'prefetch;prerender' })),
    ).toBe(false)
  })
})

describe('no person', () => {
  test.each([
    ['WhatsApp', 'WhatsApp/2.24.20.89 A'],
    ['WhatsApp on an iPhone', 'WhatsApp/2.24.22.78 i'],
    [
      'iMessage',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
    ],
    ['Slack', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ["Slack's pictures", 'Slack-ImgProxy (+https://api.slack.com/robots)'],
    [
      'Teams',
      'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
    ],
    ['Telegram', 'TelegramBot (like TwitterBot)'],
    ['Discord', 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)'],
    ['LinkedIn', 'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)'],
    [
      'a crawler on a phone',
      `${android} Chrome/131 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    ],
    ['Viber', 'Viber/13.3.0.22 CFNetwork/1121.2.2 Darwin/19.3.0'],
    ['LINE', 'facebookexternalhit/1.1;line-poker/1.0'],
    ['KakaoTalk', 'facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/'],
    ['a program', 'curl/8.5.0'],
    ["an app's own HTTP", 'okhttp/4.12.0'],
  ])('%s', (_name, agent) => {
    expect(isNavigation(request(agent))).toBe(false)
  })
})
