// What the listener records of who came: in the words of the phone, and in those of a tunnel.
import { expect, it } from 'vitest'
import type { Arrive } from '../../src/reach/arrival.ts'
import { openCallbackListener } from '../../src/reach/inlets/listener.ts'
import { arrivalStory } from '../../src/report/story.ts'
import type { Observation } from '../../src/run/recording.ts'
import { createTestContext } from '../support/context.ts'

const agent =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36'

async function open() {
  const arrivals: Array<Parameters<Arrive>[0]> = []
  const observations: Observation[] = []
  const listener = await openCallbackListener(createTestContext().context, {
    address: { host: '127.0.0.1', port: 0 },
    redirectUri: null,
    arrive: (arrival) => arrivals.push(arrival),
    observe: (observation) => observations.push(observation),
  })
  const get = (url: string, headers: Record<string, string> = {}) =>
    fetch(url, { headers, redirect: 'manual' })
  return { listener, arrivals, observations, get }
}

it('keeps browser, hints and the address that a tunnel names', async () => {
  const { listener, arrivals, get } = await open()
  void listener.expect('ours')
  await get(`${listener.redirectUri}?code=a&state=ours`, {
    'user-agent': agent,
    'sec-ch-ua-mobile': '?1',
    'sec-ch-ua-platform': '"Android"',
    ect: '4g',
    downlink: '1.5',
    'save-data': 'on',
    'x-forwarded-for': '198.51.100.7, 10.0.0.1',
    'cf-connecting-ip': '198.51.100.7',
    cookie: 'a=b',
  })
  await listener.close()
  const [taken] = arrivals
  expect(taken).toMatchObject({
    verdict: 'taken',
    from: '127.0.0.1',
    what: {
      userAgent: agent,
      forwardedFor: '198.51.100.7',
      hints: {
        'sec-ch-ua-mobile': '?1',
        'sec-ch-ua-platform': '"Android"',
        ect: '4g',
        downlink: '1.5',
        'save-data': 'on',
      },
    },
  })
  if (!taken) throw new Error('Nothing arrived')
  const style = { dim: String, bold: String, good: String, bad: String, warn: String }
  expect(arrivalStory({ ...taken, at: 0, count: 1 }, style, Infinity)).toContain(
    'from 127.0.0.1, forwarded for 198.51.100.7, Chrome 126 on Android 14',
  )
})

it("keeps what a tunnel says of nv's own request, once", async () => {
  const { listener, arrivals, observations, get } = await open()
  const hasArrived = listener.expectOwn('own')
  for (const address of ['203.0.113.7', '203.0.113.8'])
    await get(`${listener.redirectUri}?state=own`, { 'x-forwarded-for': address })
  await listener.close()
  expect([hasArrived(), arrivals]).toEqual([true, []])
  expect(observations).toEqual([
    {
      code: 'own_request_arrived',
      step: 'callback',
      exchange: null,
      facts: { forwardedFor: '203.0.113.7' },
    },
  ])
})

it('keeps the kind of network that a phone names when it goes on, each once', async () => {
  const { listener, observations, get } = await open()
  const link = listener.reachAt(`http://127.0.0.1:${listener.port}`)
  listener.offer({
    authorizeUrl: 'https://gateway.example/authorize',
    phoneNumber: null,
    redirectUri: listener.redirectUri,
    state: 'ours',
    landing: 'here',
    isSkipped: false,
  })
  void listener.expect('ours')
  for (const on of ['wifi', 'wifi', '<script>', 'cellular'])
    await get(`${link}?go&on=${encodeURIComponent(on)}`, { 'user-agent': agent })
  await listener.close()
  expect(observations.map(({ facts }) => facts)).toEqual([
    { network: 'wifi' },
    { network: null },
    { network: 'cellular' },
  ])
})
