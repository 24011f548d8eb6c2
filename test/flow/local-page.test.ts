// The page of this machine when the run ends while the browser that pasted the address is on its way back to it.
import { expect, it } from 'vitest'
import { createClock } from '../../src/io/clock.ts'
import { listen } from '../../src/io/listener.ts'
import { createRandom } from '../../src/io/random.ts'
import { openLocalPage } from '../../src/reach/inlets/local-page.ts'
import type { LocalView } from '../../src/reach/pages/local.ts'

const view: LocalView = {
  title: 'Check a phone’s number',
  number: '+34*******01',
  landing: 'elsewhere',
  redirectHost: 'shop.invalid',
  meeting: null,
  steps: [],
  isWaiting: true,
  verdict: null,
  findings: [],
}

const ports = { listen, random: createRandom(), clock: createClock() }

it('shows the verdict to the browser that pasted the address, though its old page asked first', async () => {
  const expected = () => ({ redirectUri: 'https://shop.invalid/cb', state: 'a-state' })
  const page = await openLocalPage(ports, { expected, arrive: () => {} }, view)
  await (await fetch(page.url)).text()
  const following = fetch(`${page.url}?part=live&since=1`)
  const { status, headers } = await fetch(page.url, {
    method: 'POST',
    body: new URLSearchParams({ address: 'https://shop.invalid/cb?code=c&state=a-state' }),
    redirect: 'manual',
  })
  expect(status).toBe(303)
  page.update({ ...view, verdict: { tone: 'good', title: 'Verified', text: '', isSimulated: false } })
  const closed = page.close()
  await (await following).text()
  const back = await fetch(new URL(headers.get('location') ?? '', page.url))
  expect(await back.text()).toContain('Verified')
  await closed
})
