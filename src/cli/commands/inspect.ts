// `nv inspect`: from a thing that somebody has (an argument, a file, standard input) to what it is and what is wrong with it.
import type { Context } from '../../context.ts'
import { exitCodes, type ExitCode, UsageError } from '../../errors.ts'
import { inspect } from '../../inspect/inspect.ts'
import { describeUnknown } from '../../inspect/unknown.ts'
import type { Inspection, ProfileFacts } from '../../inspect/inspection.ts'
import { findingReport } from '../../report/human.ts'
import { inspectionJson, inspectionReport } from '../../report/inspection.ts'
import { missingFile } from '../../target/material.ts'
import { nothingGiven, resolveTarget } from '../../target/resolve.ts'
import { decodeText } from '../../wire/text.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import type { Configure } from '../command.ts'
import { createStyle } from '../style.ts'

interface InspectOptions extends GlobalOptions {
  keys: string[]
}

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  addHelp(command, page)
    .argument('[thing]', 'the text itself, the name of a file, or - for standard input')
    .option(
      '--keys <file>',
      'check the signature with these keys: JWKS, JWK or PEM (repeatable)',
      collect,
      [],
    )
    .action(async (thing: string | undefined) => {
      finish(await run(context, thing, command.optsWithGlobals<InspectOptions>()))
    })
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

const page: HelpPage = {
  examples: [
    "nv inspect 'https://gateway.example/authorize?client_id=my-app'",
    'nv inspect trace.har',
    'pbpaste | nv inspect',
    'nv inspect token.jwt --keys jwks.json',
  ],
  common: ['--keys', '--profile', '--json'],
  notes: [
    'It recognises an authorize URL, a callback URL, a token response, a JWT, an error body or a whole response, a command \
or code that sends a request, a HAR, a saved run, a key, a key set, a certificate, a discovery document, an operator token; \
also in a log, a mail or a page. Nothing is sent anywhere, and secrets and phone numbers are masked in what it prints.',
    'Other users of this machine can see a command line, and it stays in the history of the shell: pipe in secrets.',
  ],
  exits: { ok: 'nothing wrong', negative: 'findings' },
}

/** A HAR of a whole session can be this large. */
const maxFileBytes = 10 * 1024 * 1024

async function run(context: Context, thing: string | undefined, options: InspectOptions): Promise<ExitCode> {
  const { out, err, clock } = context
  const { text, isFile } = await readThing(context, thing)
  const profile = options.profile === undefined ? null : await readProfile(context, options.profile)
  const keys = [...(await readKeys(context, options.keys)), ...(profile?.keys ?? [])]
  const inspection = await inspect(text, { nowMs: clock.now(), keys, profile: profile?.facts ?? null })
  const style = createStyle(context, inspection === null ? err : out, options.color)
  if (inspection === null) {
    if (!isFile && thing !== undefined && looksLikePath(thing))
      throw missingFile(thing, 'nv takes it for the name of a file.')
    const cause = describeUnknown(text)
    if (options.json)
      out.write(
        inspectionJson(
          { kind: 'unknown', summary: cause, facts: [], findings: [], corrected: null },
          exitCodes.usage,
        ),
      )
    else err.write(findingReport('error', unrecognised(cause), style, err.columns))
    return exitCodes.usage
  }
  const exitCode = exitCodeOf(inspection)
  out.write(options.json ? inspectionJson(inspection, exitCode) : inspectionReport(inspection, style, out))
  return exitCode
}

/** A mere note is not a finding. */
function exitCodeOf({ findings }: Inspection): ExitCode {
  return findings.some(({ severity }) => severity !== 'info') ? exitCodes.negative : exitCodes.ok
}

function unrecognised(cause: string) {
  return {
    title: 'nv does not recognise this',
    cause,
    fix: 'Give the whole text, in single quotes, as a file or through a pipe. What nv knows:\nnv inspect --help',
    reference: null,
  }
}

function looksLikePath(thing: string): boolean {
  return /^[\w~./\\-]{1,200}\.[a-z0-9]{1,6}$|^[.~]?\//i.test(thing)
}

async function readThing(
  { files, input, signal }: Context,
  thing: string | undefined,
): Promise<{ text: string; isFile: boolean }> {
  if (thing === undefined || thing === '-') {
    if (!input.isTerminal) return { text: await input.text(signal), isFile: true }
    throw new UsageError({
      code: 'nothing_to_inspect',
      title: 'Nothing to inspect',
      cause: '`nv inspect` takes a text, the name of a file, or what is piped into it.',
      fix: "nv inspect 'https://gateway.example/authorize?…'\nOr: pbpaste | nv inspect",
    })
  }
  const text = mayBePath(thing) ? await readFile({ files }, thing) : null
  return text === null ? { text: thing, isFile: false } : { text, isFile: true }
}

/** The disk is not searched for what can't be a path. */
function mayBePath(thing: string): boolean {
  if (thing.trim() === '') return false
  const isText = /^[a-z][a-z\d+.-]*:\/\/|^\s*[{["<]|^(eyJ|curl\s|HTTP\/|-----)|[\r\n\t]/i.test(thing)
  const isLong = thing.split(/[\\/]/).some((part) => part.length > 255)
  return thing.length < 1000 && !isText && !isLong && !thing.includes('\0')
}

/** Reads a file as text; DER as base64, which says the same. */
async function readFile({ files }: Pick<Context, 'files'>, path: string): Promise<string | null> {
  const bytes = await files.readBytes(path, maxFileBytes)
  if (bytes === null) return null
  const isDer = bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x2a && bytes.includes(0)
  if (isDer) return Buffer.from(bytes).toString('base64')
  return decodeText(bytes) ?? Buffer.from(bytes).toString('utf8')
}

async function readKeys({ files }: Context, paths: readonly string[]): Promise<string[]> {
  const texts: string[] = []
  for (const path of paths) {
    const text = await readFile({ files }, path)
    if (text === null) throw missingFile(path, '--keys names it.')
    texts.push(text)
  }
  return texts
}

/** Reads what a profile knows that a thing can be compared with; nothing is sent to its gateway. */
async function readProfile(context: Context, name: string): Promise<{ facts: ProfileFacts; keys: string[] }> {
  const { settings } = await resolveTarget(context, {
    profile: name,
    operation: 'verify',
    grants: ['authorization-code'],
    given: nothingGiven,
  })
  const key = settings.key === undefined ? null : await context.files.read(settings.key)
  const { clientId = null, issuer = null, redirectUri = null, apiVersion = null, scope = null } = settings
  return { facts: { clientId, issuer, redirectUri, apiVersion, scope }, keys: key === null ? [] : [key] }
}
