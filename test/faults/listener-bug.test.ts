// A bug behind the listener: the request is answered, the program goes on, and the bug shows.
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { listen } from '../../src/io/listener.ts'

it('is answered with 500, and shown as a warning without control characters', async () => {
  let isBroken = true
  const listener = await listen('127.0.0.1', 0, () => {
    if (isBroken) throw new Error('it broke\u001b[2J')
    return { status: 204 }
  })
  const warned = once(process, 'warning')
  const url = `http://127.0.0.1:${listener.port}/`
  const answer = await fetch(url)
  expect([answer.status, await answer.text()]).toEqual([500, ''])
  const [warning] = (await warned) as [Error]
  expect(warning.message).toMatch(/^a request met a bug: it broke/)
  expect(warning.message).not.toContain('\u001b')
  isBroken = false
  expect((await fetch(url)).status).toBe(204)
  await listener.close()
})
