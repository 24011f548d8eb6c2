// docs/troubleshooting.md is made from the catalogue. NV_WRITE_DOCS=1 writes it.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { format } from 'prettier'
import { expect, it } from 'vitest'
import { explainAll } from '../../../src/diagnosis/explain.ts'
import { explanationPage } from '../../../src/report/explanation.ts'

const path = join(import.meta.dirname, '../../../docs/troubleshooting.md')

const introduction = `# Troubleshooting

Each finding of nv has a code. This page lists all of them, in the order of a run, with what is likely behind each and what
to do. In a run the words are more exact: they name the host, the server's own words, and the cause where the evidence
tells. \`nv explain <code>\` prints the same in a terminal.
`

it('is current', async () => {
  const page = await format(`${introduction}\n${explanationPage(explainAll())}`, {
    parser: 'markdown',
    printWidth: 120,
    proseWrap: 'preserve',
  })
  if (process.env['NV_WRITE_DOCS']) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, page)
  } else expect(await readFile(path, 'utf8')).toBe(page)
})
