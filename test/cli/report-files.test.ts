// `nv report` says which files it wrote.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runNv } from '../support/process.ts'

const folder = mkdtempSync(join(tmpdir(), 'nv-report-'))
afterAll(() => rmSync(folder, { recursive: true }))
const env = { NV_STATE_DIR: join(folder, 'state') }

test('each of them by its name', async () => {
  await runNv(['verify', '+34600000001', '--profile', 'simulator', '--quiet'], { env })
  const collection = join(folder, 'a.postman_collection.json')
  const environment = join(folder, 'a.postman_environment.json')
  const { stderr } = await runNv(['report', 'last', '--output', collection], { env })
  expect(stderr).toMatch(/^Wrote (\S+) and (\S+), the report of run [0-9a-f]{12}\.\n$/)
  expect(stderr).toContain(`${collection} and ${environment},`)
  const bundle = join(folder, 'b.zip')
  expect((await runNv(['report', 'last', '--bundle', bundle], { env })).stderr).toContain(
    `Wrote ${bundle}, the bundle`,
  )
})
