// What ends a question other than an answer.
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import type { Prompt } from '../../../src/context.ts'
import { Cancelled } from '../../../src/errors.ts'
import { createPrompt } from '../../../src/io/prompt.ts'

function createTerminal() {
  const input = new PassThrough()
  const streams = { input, output: new PassThrough() } as unknown as Parameters<typeof createPrompt>[0]
  return { input, prompt: createPrompt(streams) }
}

it.each<[string, (input: PassThrough) => unknown]>([
  ['Ctrl-D', (input) => input.write('\u0004')],
  ['Ctrl-C', (input) => input.write('\u0003')],
  ['the end of the input', (input) => input.end()],
])('%s cancels every kind of question', async (_, stop) => {
  const message = '?'
  const kinds: Array<(prompt: Prompt) => Promise<unknown>> = [
    (prompt) => prompt.text({ message }),
    (prompt) => prompt.secret({ message }),
    (prompt) => prompt.choice({ message, choices: [{ value: 'a', name: 'a' }] }),
    (prompt) => prompt.confirm({ message, initial: true }),
  ]
  for (const ask of kinds) {
    const { input, prompt } = createTerminal()
    const asked = ask(prompt)
    stop(input)
    await expect(asked).rejects.toThrow(Cancelled)
  }
})

it('asks nothing of an input that has ended', async () => {
  const { input, prompt } = createTerminal()
  input.resume().end()
  await new Promise((resolve) => input.once('end', resolve))
  await expect(prompt.text({ message: '?' })).rejects.toThrow(Cancelled)
})

it('takes one answer after the other', async () => {
  const { input, prompt } = createTerminal()
  for (const answer of ['one', 'two']) {
    const asked = prompt.text({ message: '?' })
    input.write(`${answer}\r`)
    expect(await asked).toBe(answer)
  }
})
