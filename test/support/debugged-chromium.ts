// A Chromium of a test's own that takes the DevTools protocol, as Chrome on a phone does, and asks no DNS server.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumPath } from './start-chromium.ts'

export interface DebuggedChromium {
  /** Where it takes the protocol. */
  origin: string
  /** The URLs of its tabs. */
  tabs(): Promise<string[]>
  kill(): void
  close(): Promise<void>
}

/** Starts it; hosts are found by the rules, as in `MAP app.example:80 127.0.0.1:4000`. */
export async function startDebuggedChromium(hosts: readonly string[]): Promise<DebuggedChromium> {
  const profile = mkdtempSync(join(tmpdir(), 'nv-chromium-'))
  const child = spawn(
    chromiumPath ?? '',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      // Nobody clicks in these pages.
      '--disable-popup-blocking',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-sync',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      `--host-resolver-rules=${[...hosts, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'].join(',')}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = once(child, 'exit')
  const origin = await new Promise<string>((resolve, reject) => {
    let written = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written += text
      const port = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(written)?.[1]
      if (port) resolve(`http://127.0.0.1:${port}`)
    })
    void exited.then(() => reject(new Error(written)))
  })
  return {
    origin,
    tabs: async () => {
      const listed = (await (await fetch(`${origin}/json/list`)).json()) as Array<{
        type: string
        url: string
      }>
      return listed.filter(({ type }) => type === 'page').map(({ url }) => url)
    },
    kill: () => void child.kill('SIGKILL'),
    close: async () => {
      child.kill('SIGKILL')
      await exited
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}
