// Browsers that take the DevTools protocol and then do nothing, or talk nonsense: nv ends in the time it has, and says so.
import { expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { type Command, withBrowser } from '../support/idle-browser.ts'
import { runNv, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'

const results: Readonly<Record<string, object>> = {
  'Target.createTarget': { targetId: 'T' },
  'Target.attachToTarget': { sessionId: 'S' },
}
const answered = ({ id, method }: Command) => ({ id, result: results[method] ?? {} })

const line = 'verify +34600000001 --profile sandbox-mock --redirect-uri https://app.example/callback --json'
const verify = (origin: string) => [...line.split(' '), '--devtools', origin]

const paused = (params: unknown) => ({ method: 'Fetch.requestPaused', sessionId: 'S', params })

test.each<[string, string, (command: Command) => unknown[]]>([
  ['answers nothing', 'tab_idle', () => []],
  ['loads nothing', 'tab_idle', (command) => [answered(command)]],
  [
    'says nonsense besides',
    'tab_idle',
    (command) => ['{', 'null', '[]', '5', paused(undefined), answered(command)],
  ],
  ['gives no results', 'devtools_command_refused', ({ id }) => [{ id }]],
  ['refuses in no words', 'devtools_command_refused', ({ id }) => [{ id, error: { message: 5 } }]],
  [
    'asks for what is no URL',
    'request_timeout',
    (command) => [
      answered(command),
      ...(command.method === 'Page.navigate'
        ? [
            paused({
              requestId: '1',
              frameId: 'T',
              resourceType: 'Document',
              request: { url: 'no url', method: 'GET', headers: {} },
            }),
          ]
        : []),
    ],
  ],
])('a browser that %s: %s', async (_what, code, answer) => {
  // Only where a browser is silent does the time decide; the others answer, when the machine lets them.
  const timeout = code === 'devtools_command_refused' ? '1m' : '3s'
  const { exitCode, stdout } = await withBrowser(answer, (origin) =>
    promptly(10_000, runNv([...verify(origin), '--timeout', timeout])),
  )
  expect([3, 4]).toContain(exitCode)
  const { findings } = JSON.parse(stdout) as Run
  expect(findings[0]?.code).toBe(code)
})

test.skipIf(process.platform === 'win32')(
  'is interrupted while the browser is silent, and the run is told',
  async () => {
    await withBrowser(
      () => [],
      async (origin) => {
        const nv = startNv(verify(origin))
        await nv.untilStderr(/Opened a tab/)
        nv.process.kill('SIGINT')
        const { exitCode, stdout } = await promptly(1500, nv.finished)
        expect([exitCode, (JSON.parse(stdout) as Run).end.kind]).toEqual([130, 'interrupted'])
      },
    )
  },
)
