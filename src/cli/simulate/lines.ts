// The mode and the lines of the simulator, as they are typed or written in a file.
import * as v from 'valibot'
import { e164Pattern } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { escapeText } from '../../wire/escape.ts'
import { simulatorModes, type SimulatorMode } from '../../wire/simulated.ts'
import { normalizeAddress } from '../../wire/addresses.ts'
import type { Line } from '../../simulator/operator/lines.ts'
import { missingFile } from '../../target/material.ts'

const text = v.pipe(
  v.string('must be a text'),
  v.trim(),
  v.nonEmpty('must not be empty'),
  v.maxLength(100, 'must have 100 characters at most'),
)
const phoneNumber = v.pipe(
  v.string('must be a text'),
  v.regex(e164Pattern, 'must be in E.164, as in +34600000001'),
)
const address = v.pipe(
  v.string('must be a text'),
  v.transform(normalizeAddress),
  v.string('must be an IPv4 or an IPv6 address, as in 127.0.0.2'),
)

/** One line, as a file has it; `nv simulate --json` prints it so too. */
const lineSchema = v.strictObject(
  {
    phoneNumber,
    operator: v.optional(text, 'Operator One'),
    address: v.nullish(address, null),
    operatorToken: v.nullish(text, null),
    hasConsented: v.optional(v.boolean('must be true or false'), true),
    secondSim: v.nullish(phoneNumber, null),
  },
  'must be an object',
)

const fileSchema = v.strictObject(
  { lines: v.pipe(v.array(lineSchema, 'must be a list'), v.nonEmpty('must not be empty')) },
  'must be one JSON object',
)

/** What the parts of a `--line` are called there. */
const flagNames: Readonly<Record<string, keyof Line>> = {
  operator: 'operator',
  address: 'address',
  'sim-token': 'operatorToken',
  consent: 'hasConsented',
  'second-sim': 'secondSim',
}

/** Reads `--mode`. */
export function readMode(mode: string): SimulatorMode {
  const known = simulatorModes.find((name) => name === mode)
  if (known) return known
  throw new UsageError({
    code: 'mode_unknown',
    title: `Unknown mode "${escapeText(mode)}"`,
    cause: 'mock answers by the last digit of the number, as the Sandbox does; network by the line.',
    fix: 'Use --mode mock or --mode network.',
  })
}

/** Reads the lines of a file and those of flags; undefined when there are neither. Throws a UsageError. */
export async function readLines(
  { files }: Pick<Context, 'files'>,
  { mode, path, flags }: { mode: SimulatorMode; path: string | undefined; flags: readonly string[] },
): Promise<readonly Line[] | undefined> {
  if (path === undefined && flags.length === 0) return undefined
  if (mode === 'mock') {
    throw new UsageError({
      code: 'lines_unused',
      title: 'Lines only work in network mode',
      cause: 'In mock mode the answer follows the last digit of the number, whatever the line.',
      fix: 'Add --mode network, or leave --line and --lines out.',
    })
  }
  const ofFile = path === undefined ? [] : parseFile(path, await files.read(path))
  const all = [...ofFile, ...flags.map(parseFlag)]
  refuseDoubles(all)
  return all
}

function parseFile(path: string, content: string | null): readonly Line[] {
  if (content === null) throw missingFile(path, '--lines names it.')
  return check(fileSchema, parseJson(path, content), (place) => `${place || 'The content'} of ${path}`).lines
}

function parseJson(path: string, content: string): unknown {
  try {
    return JSON.parse(content.replace(/^\uFEFF/, ''))
  } catch {
    // The message of JSON.parse would quote the file, and a token with it.
    throw wrong(`${path} is not JSON`)
  }
}

/** Reads `+34600000001,operator=Movistar,address=127.0.0.2,sim-token=…,consent=no,second-sim=+34600000009`. */
function parseFlag(flag: string): Line {
  const [number = '', ...parts] = flag.split(',').map((part) => part.trim())
  const raw: Record<string, unknown> = { phoneNumber: number }
  for (const part of parts) {
    const [name = '', ...rest] = part.split('=')
    const member = Object.hasOwn(flagNames, name) ? flagNames[name] : undefined
    if (member === undefined || rest.length === 0) {
      throw wrong(
        `--line ${number} has an unknown part ${JSON.stringify(name)}; the parts are ${Object.keys(flagNames).join('=, ')}=`,
      )
    }
    if (member in raw) throw wrong(`--line ${number} has ${name}= twice`)
    raw[member] = member === 'hasConsented' ? readConsent(rest.join('=')) : rest.join('=')
  }
  const nameOf = (member: string) =>
    Object.keys(flagNames).find((name) => flagNames[name] === member) ?? 'the number'
  return check(lineSchema, raw, (place) => `${nameOf(place)} of --line ${number}`)
}

/** Reads yes and no; what is neither is left for the schema to refuse. */
function readConsent(value: string): unknown {
  return value === 'yes' ? true : value === 'no' ? false : value
}

/** Checks a value. Throws a UsageError that names the place, the rule and the value, unless that is a token. */
function check<T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  nameOf: (place: string) => string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, value, { abortPipeEarly: true })
  if (result.success) return result.output
  const broken = result.issues.map((issue) => {
    const place = nameOf((v.getDotPath(issue) ?? '').replace(/\.(\d+)/g, '[$1]'))
    if (issue.expected === 'never') return `${place} is not known`
    if (issue.received === 'undefined') return `${place} is missing`
    if (/\b(operatorToken|sim-token) of /.test(place)) return `${place} ${issue.message}`
    const isFlagConsent = issue.expected === 'boolean' && typeof issue.input === 'string'
    const rule = isFlagConsent && place.startsWith('consent') ? 'must be yes or no' : issue.message
    return `${place} ${rule}, but is ${JSON.stringify(originalInput(issue))}`
  })
  throw wrong(...broken)
}

/** A transformation that failed has left null; what was written stands in the path. */
function originalInput(issue: v.BaseIssue<unknown>): unknown {
  return issue.path?.at(-1)?.value ?? issue.input
}

/** Refuses two lines that could be taken for each other. */
function refuseDoubles(lines: readonly Line[]): void {
  const findDouble = (values: ReadonlyArray<string | null>) =>
    values.find((value, index) => value !== null && values.indexOf(value) < index)
  const number = findDouble(lines.flatMap(({ phoneNumber, secondSim }) => [phoneNumber, secondSim]))
  if (number) throw wrong(`Two SIMs have the same number, ${number}`)
  const address = findDouble(lines.map((line) => line.address))
  if (address) throw wrong(`Two lines have the same address, ${address}`)
  if (findDouble(lines.map(({ operatorToken }) => operatorToken)))
    throw wrong('Two lines have the same SIM token')
}

function wrong(...broken: readonly string[]): UsageError {
  return new UsageError({
    code: 'line_invalid',
    title:
      broken.length === 1 ? "A line can't be used" : `${broken.length} things in the lines can't be used`,
    cause: broken.map((rule) => `${escapeText(rule, 400)}.`).join('\n'),
    fix: 'Correct it and start the simulator again. A line is --line +34600000001,operator=Movistar,address=127.0.0.2, or one of {"lines":[{"phoneNumber":"+34600000001"}]} in a file.',
  })
}
