// Makes values of foreign files fit for a setting, or says why they are not.
import { authMethods } from '../../oauth/client-authentication.ts'
import { KeyProblem, readPrivateKey } from '../../oauth/private-key.ts'
import { shellQuote } from '../../wire/escape.ts'
import { isBase64 } from '../../wire/text.ts'
import { checkSecret } from '../secret.ts'
import { checkSetting } from '../settings.ts'
import { type Candidate, type Ignored, isPlaceholder } from './candidate.ts'
import { isOurs } from './key-names.ts'

/** The file that a value is of. */
export interface Source {
  path: string
  text: string
}

type Checked = { value: string } | Omit<Ignored, 'key'>

/** Gives a value as the setting takes it, or why nv can't take it. */
export function checkValue(
  setting: Candidate['setting'],
  key: string,
  given: string,
  source: Source,
): Checked {
  const value = given.trim()
  const reason = refuseValue(value)
  if (reason !== null) return { reason }
  // What a missing quote swallowed may be the secret: such a value must not come into a message.
  if (setting !== 'key' && /[\r\n]/.test(value))
    return { reason: 'it has several lines; a quote may be missing' }
  if (setting === 'clientSecret') {
    const rule = checkSecret(value)
    return rule === true ? { value } : { reason: reasonOf(rule) }
  }
  if (setting === 'key') return checkKeyValue(key, value, source)
  const fitting = fit(setting, value)
  // A broken value of a variable that only nv reads is an error; it can't be left out.
  if (isOurs(key)) return { value: fitting }
  if (setting === 'apiVersion' && checkSetting(setting, fitting) !== true)
    return { reason: 'it is not a version of Number Verification' }
  const rule = checkSetting(setting, fitting)
  return rule === true ? { value: fitting } : { reason: reasonOf(rule) }
}

function refuseValue(value: string): string | null {
  if (value === '') return 'it is empty'
  if (value.includes('\uFFFD')) return 'it is not in UTF-8'
  if (/^\$(\w+|\{[^}]*\}|\([^)]*\))$/.test(value))
    return 'it refers to another variable, which nv does not look up'
  const unresolved = /\{\{([^{}]*)\}\}/.exec(value)?.[1]
  if (unresolved !== undefined && !/^\{\{.*\}\}$/.test(value))
    return `it needs {{${unresolved.trim()}}}, which is not in the file`
  if (/^(https?:\/\/)?[^?]*[${]\{?[A-Za-z_.]+\}/.test(value) && value.includes('/')) return 'it is a template'
  return isPlaceholder(value) ? 'it is a placeholder' : null
}

function fit(setting: Candidate['setting'], value: string): string {
  if (setting === 'scope') return separate(decodeFully(value))
  if (setting === 'issuer')
    return value.replace(/\/\.well-known\/(?:openid-configuration|oauth-authorization-server)\/?$/, '')
  if (setting === 'apiVersion') return /^v?(\d)(?:\.\d+)*$/.exec(value)?.[1]?.replace(/^/, 'v') ?? value
  if (setting === 'authMethod') return methodOf(value)
  return value
}

/** Undoes percent-encoding, also a repeated one: a script that runs again encodes a scope again. */
export function decodeFully(value: string, rounds = 5): string {
  try {
    const decoded = decodeURIComponent(value)
    return decoded === value || rounds === 0 ? value : decodeFully(decoded, rounds - 1)
  } catch {
    return value
  }
}

/** Spring and others list scopes with commas. */
function separate(scope: string): string {
  return scope.includes(' ') ? scope : scope.replaceAll(',', ' ')
}

/** Spring's names before version 6, and those of Postman. */
const otherMethods: Readonly<Record<string, string>> = {
  basic: 'client_secret_basic',
  header: 'client_secret_basic',
  post: 'client_secret_post',
  body: 'client_secret_post',
}

function methodOf(value: string): string {
  const method = value.toLowerCase()
  return authMethods.find((known) => known === method) ?? otherMethods[method] ?? value
}

/** A key is a path to nv. One that stands in the file itself is read from there, where nv can find it again. */
function checkKeyValue(key: string, value: string, { path, text }: Source): Checked {
  if (!isInline(value))
    return isPath(key, value) ? { value } : { reason: 'it does not look like the path of a file' }
  try {
    const { object } = readPrivateKey(value)
    if (path !== '-' && isKeyOf(text, (found) => found.equals(object)))
      return { value: path.replace(/^.*[\\/]/, '') }
  } catch (error) {
    const reason = error instanceof KeyProblem ? error.message : "nv can't read it"
    return { reason }
  }
  const reason = 'it is the key itself; nv needs the path of a file'
  return path === '-' ? { reason } : { reason, command: commandFor(key, path, text) }
}

/** What is not a path may be a secret of another kind, and must not be shown. */
function isPath(key: string, value: string): boolean {
  if (/[\r\n]|^[a-z]+:\/\//i.test(value) || (value.length >= 60 && isBase64(value))) return false
  return (
    /(path|file|file_?name|location)$/i.test(key) || /\.\w{1,6}$|^[.~]?\.?[\\/]|^[a-z]:[\\/]/i.test(value)
  )
}

function isInline(value: string): boolean {
  if (value.includes('-----BEGIN') || /^\s*[{[]/.test(value)) return true
  return value.length >= 60 && isBase64(value) && isKeyOf(value, () => true)
}

function isKeyOf(
  text: string,
  isSame: (key: ReturnType<typeof readPrivateKey>['object']) => boolean,
): boolean {
  try {
    return isSame(readPrivateKey(text).object)
  } catch {
    return false
  }
}

/** Gives the command that writes the key to a file of its own; nv reads whatever form it has. */
function commandFor(key: string, path: string, text: string): string {
  const file = shellQuote(path)
  const program = /^\s*[{[]/.test(text)
    ? `node -p ${shellQuote(findInJson(key))} ${file}`
    : `node --env-file=${file} -p ${shellQuote(`process.env[${JSON.stringify(key)}]`)}`
  return `(umask 077; ${program} > client.key)`
}

/** Finds a member by its key in JSON, or a variable of Postman. */
function findInJson(key: string): string {
  const read = 'JSON.parse(require("fs").readFileSync(process.argv[1]))'
  return `(${read}.values ?? ${read}.variable).find(({key}) => key == ${JSON.stringify(key)}).value`
}

/** Turns a sentence about a value into the end of one about its key. */
function reasonOf(sentence: string): string {
  return sentence
    .replace(/^It must/, 'must')
    .replace(/^It/, 'it')
    .replace(/\.$/, '')
}
