// nv simulate --behave and --list: what is taken, what is printed, and how errors help.
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { exitCodes } from '../../src/errors.ts'
import { behaviours } from '../../src/simulator/behaviour/behaviours.ts'
import { createTestContext } from '../support/context.ts'
import { startSimulateCommand } from '../support/simulate-command.ts'
import { postToken } from '../support/simulator.ts'

async function run(...args: string[]) {
  const { context, out, err } = createTestContext()
  const exitCode = await runProgram(context, ['simulate', ...args])
  return { exitCode, out: out(), err: err() }
}

describe('--list', () => {
  it('names every behaviour once, in 80 columns, and starts nothing', async () => {
    const { exitCode, out, err } = await run('--list')
    expect([exitCode, err]).toEqual([exitCodes.ok, ''])
    const named = [...out.matchAll(/^ {2}([a-z0-9-]+) /gm)].map(([, name]) => name ?? '')
    expect(named.sort()).toEqual(Object.keys(behaviours).sort())
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('begins with how to use it, and what the phone meets first', async () => {
    const { out } = await run('--list')
    expect(out.split('\n').slice(0, 14).join('\n')).toMatchInlineSnapshot(`
      "nv simulate --behave <name>[@<step>]; without a step, the first one listed.

      At authorize, operator:
        error-page                    shows an error page instead of redirecting
        blank-page                    answers with an empty page and never redirects
        redirect-circle               redirects to the address that was asked for
        https-forced                  redirects the phone to https, where only http is
                                      served
        hop-refused                   redirects the phone to a port where nothing
                                      listens
        hop-unresolvable              redirects the phone to a host that has no
                                      address

      At authorize:"
    `)
  })

  it('says of those that can be anywhere where they are without a step', async () => {
    const { out } = await run('--list')
    expect(out).toMatch(/^At every step; without @, at token:\n {2}hang +never answers$/m)
  })

  it('--json prints them as one object', async () => {
    const { exitCode, out } = await run('--list', '--json')
    expect(exitCode).toBe(exitCodes.ok)
    const list = JSON.parse(out) as { schema: string; behaviours: Array<{ name: string }> }
    expect(list.schema).toBe('nv.behaviours/1')
    expect(list.behaviours.map(({ name }) => name)).toEqual(Object.keys(behaviours))
    expect(list.behaviours[0]).toEqual({
      name: 'error-page',
      does: 'shows an error page instead of redirecting',
      shows: 'an error page on the phone, nothing at the callback',
      steps: ['authorize', 'operator'],
    })
  })
})

describe('--behave', () => {
  it('lets the simulator do so, again and again, and the log says which acted', async () => {
    const command = await startSimulateCommand('--behave', 'status-503', '--behave', 'clock-ahead')
    const response = await postToken({ ...command.simulator, close: () => Promise.resolve() }, {})
    expect(response.status).toBe(503)
    expect(command.out()).toContain('"status":503,"detail":"(clock-ahead, status-503)"')
    await command.stop()
  })

  it.each([
    ['hnag', 'No behaviour has that name.', 'Perhaps hang'],
    ['Hang', 'No behaviour has that name.', 'Perhaps hang'],
    ['hash', 'No behaviour has that name.', 'Perhaps hash-without-plus, hash-upper-case, hash-refused'],
    ['toString', 'No behaviour has that name.', 'nv simulate --list'],
    ['', 'No behaviour has that name.', 'nv simulate --list'],
    ['wifi@token', "wifi can't be at that step.", 'Perhaps wifi@callback, wifi@api'],
    ['wifi@', "wifi can't be at that step.", 'Perhaps wifi@callback, wifi@api'],
    ['certificate-expired', 'which shows no certificate', 'Add --tls'],
  ])('%j: %s %s', async (text, why, advice) => {
    const { exitCode, err, out } = await run('--port', '0', '--behave', text)
    expect([exitCode, out]).toEqual([exitCodes.usage, ''])
    const said = err.replaceAll(/\s+/g, ' ')
    expect(said).toContain(why)
    expect(said).toContain(advice)
  })

  it('an error as JSON', async () => {
    const { exitCode, out } = await run('--behave', '\u001b[31m', '--json')
    expect(exitCode).toBe(exitCodes.usage)
    expect(JSON.parse(out)).toMatchObject({ schema: 'nv.error/1', error: { code: 'behaviour_unknown' } })
    expect(out).not.toContain('\u001b')
  })

  it('is in the help, with the control request', async () => {
    const { out } = await run('--help', '--all')
    expect(out).toContain('--behave <name[@step]>')
    expect(out).toContain('curl -X PUT <base>/simulator/clients/<client_id>/behaviours')
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
