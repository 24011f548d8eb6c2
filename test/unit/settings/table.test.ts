// The table of settings: each has a flag, a variable, a question, an import and a rule for project files, or says why not.
import { Command } from 'commander'
import { describe, expect, it, test } from 'vitest'
import { addSettingFlags } from '../../../src/cli/setting-flags.ts'
import { environmentLayer, flagLayer, flagOf, flagSettings } from '../../../src/settings/flags.ts'
import { parseImport } from '../../../src/settings/imports.ts'
import { parseProjectFile } from '../../../src/settings/project-file.ts'
import { type SettingName, settingNames } from '../../../src/settings/settings.ts'
import { type Setting, settings } from '../../../src/settings/table.ts'

/** A value for each setting, as a person types it. */
const samples: Readonly<Record<SettingName, string | string[] | Record<string, string>>> = {
  preset: 'generic',
  authorizeUrl: 'https://g.example/authorize',
  tokenUrl: 'https://g.example/token',
  apiUrl: 'https://g.example',
  apiPath: 'number-verification/vwip',
  backchannelUrl: 'https://g.example/bc-authorize',
  enablementUrl: 'https://g.example/network-enablement',
  issuer: 'https://g.example',
  clientId: 'my-app',
  clientSecretEnv: 'ACME_SECRET',
  authMethod: 'private_key_jwt',
  key: './key.pem',
  keyId: 'key-1',
  keyAlgorithm: 'ES256',
  assertionAudience: 'issuer',
  redirectUri: 'https://app.example/callback',
  listen: '8080',
  scope: 'dpv:A b:c',
  apiVersion: 'v1',
  loginHint: 'tel',
  prompt: 'none',
  pkce: 'off',
  requestObject: 'on',
  dpop: 'on',
  headers: { 'X-Customer': 'acme' },
  secretHeaders: ['X-Key'],
  ca: './ca.pem',
  proxy: 'http://proxy.example:3128',
}

/** Gives a value that a flag or a variable can hold. */
function textOf(name: SettingName): string {
  const value = samples[name]
  if (typeof value !== 'string') throw new Error(`${name} is not one text`)
  return value
}

const table: Readonly<Record<SettingName, Setting>> = settings
const aspects = ['flag', 'variable', 'question', 'importName', 'project'] as const
const having = (aspect: (typeof aspects)[number]) =>
  settingNames.filter((name) => !hasReason(table[name][aspect]))
const hasReason = (value: unknown): value is { without: string } =>
  typeof value === 'object' && value !== null && 'without' in value

describe.each(settingNames)('%s', (name) => {
  test.each(aspects)('has its %s, or says why not', (aspect) => {
    const value = table[name][aspect]
    if (hasReason(value)) expect(value.without).toMatch(/\w+ \w+/)
    else expect(value).toBeTruthy()
  })

  it('has a line of documentation', () => expect(table[name].description).toMatch(/^[\w$][^\n]{5,79}$/))
})

it('flags and variables are named after the setting', () => {
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  for (const name of having('flag')) expect(flagOf(name)).toBe(`--${kebab(name)}`)
  for (const name of having('variable'))
    expect(table[name].variable).toBe(`NV_${kebab(name).replaceAll('-', '_').toUpperCase()}`)
})

it.each(having('flag'))('%s comes from its flag', (name) => {
  const command = addSettingFlags(new Command(), flagSettings)
  command.parse([flagOf(name), textOf(name)], { from: 'user' })
  expect(flagLayer(command.opts(), flagSettings).settings).toEqual({ [name]: samples[name] })
})

it.each(having('variable'))('%s comes from its variable, also in an imported file', (name) => {
  const { variable } = table[name]
  if (typeof variable !== 'string') throw new Error('It has none')
  expect(environmentLayer({ [variable]: textOf(name) }).settings).toEqual({ [name]: samples[name] })
  const imported = parseImport('.env', `${variable}="${textOf(name)}"`)
  expect(imported.settings).toMatchObject({ [name]: samples[name] })
  expect(imported.ignored).toEqual([])
})

it.each(settingNames)('%s comes back from an export', (name) => {
  const exported = { schema: 'nv.profile/1', name: 'acme', settings: { [name]: samples[name] } }
  const { settings: imported, ignored } = parseImport('x', JSON.stringify(exported))
  if (name === 'secretHeaders') expect(ignored).toHaveLength(1)
  else expect(imported).toMatchObject({ [name]: samples[name] })
})

it.each(settingNames)('%s in a project file is taken, or refused with the reason', (name) => {
  const { project } = table[name]
  const parse = () => parseProjectFile('nv.config.json', JSON.stringify({ [name]: samples[name] }))
  if (typeof project === 'string') expect(parse().defaults).toEqual({ [name]: samples[name] })
  else
    expect(parse).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          cause: expect.stringContaining(`${name} is ${project.without}`) as string,
        }) as object,
      }),
    )
})
