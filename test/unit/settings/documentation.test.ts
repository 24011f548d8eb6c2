// docs/settings.md lists what the table holds. NV_WRITE_DOCS=1 writes it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'prettier'
import { expect, it } from 'vitest'
import { settingNames } from '../../../src/settings/settings.ts'
import { type Setting, settings } from '../../../src/settings/table.ts'

const path = join(import.meta.dirname, '../../../docs/settings.md')
const block = /(?<=<!-- settings -->\n)[^]*(?=<!-- \/settings -->)/

/** Writes the list as the page has it. */
function listSettings(): Promise<string> {
  const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``
  const rows = settingNames.map((name) => {
    const { flag, variable, description, project }: Setting = settings[name]
    const cells = [
      code(name),
      typeof flag === 'string' ? code(flag) : '',
      typeof variable === 'string' ? code(variable) : '',
      description,
      typeof project === 'string' ? 'yes' : '',
    ]
    return `| ${cells.join(' | ')} |`
  })
  const head = ['| setting | flag | variable | what it is | in a project |', '|-|-|-|-|-|']
  return format(`\n${[...head, ...rows].join('\n')}\n\n`, { parser: 'markdown' })
}

it('is on the page', async () => {
  const page = await readFile(path, 'utf8')
  const list = `\n${await listSettings()}\n`
  if (process.env['NV_WRITE_DOCS'])
    await writeFile(
      path,
      page.replace(block, () => list),
    )
  else expect(block.exec(page)?.[0]).toBe(list)
})
