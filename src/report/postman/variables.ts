// Puts Postman's variables in place of what a Run does not show, and of what the environment holds.
import { holdsPlaceholder } from '../../run/redaction/placeholder.ts'
import type { Run } from '../../run/run.ts'
import { splitAtHidden, variableOf } from '../sent-again.ts'

/** Puts variables in place of what was redacted, of a masked number, and of what the environment holds. */
export function fill({ profile }: Run, text: string, name: string): string {
  if (name === 'client_id' && text === profile.clientId) return '{{client_id}}'
  if (name === 'scope' && text === profile.scope) return '{{scope}}'
  if (name === 'redirect_uri') return '{{redirect_uri}}'
  if (name === 'code_challenge') return '{{code_challenge}}'
  return splitAtHidden(text)
    .map((part, index, parts) => {
      if (index % 2 === 0) return literal(part)
      const isOfSim = parts[index - 1]?.endsWith('operatortoken:') === true
      if (holdsPlaceholder(part)) return `{{${isOfSim ? 'operator_token' : variableOf(name)}}}`
      return part.startsWith('+') ? '{{phone_number}}' : '{{phone_number_digits}}'
    })
    .join('')
}

/** Does so for the members of JSON; a number that is shown is a variable too. */
export function fillJson(run: Run, text: string): string {
  return text
    .split(/("[^"\\]*"\s*:\s*"[^"]*")/)
    .map((part, index) => {
      const [, name = 'secret'] = /^"([^"]*)"/.exec(part) ?? []
      if (index % 2 === 1 && name === 'phoneNumber') return '"phoneNumber":"{{phone_number}}"'
      return fill(run, part, index % 2 === 0 ? 'secret' : name)
    })
    .join('')
}

/** Postman leaves a + and a # in a variable as they are, so that what goes into a query is encoded beforehand. */
export function encodeParameter({ key, value }: { key: string; value: string }): {
  key: string
  value: string
} {
  const parts = value.split(/(\{\{\w+\}\})/)
  const encode = (part: string, index: number) =>
    index % 2 === 0
      ? encodeURIComponent(part)
      : part.replace(/(?<=^\{\{)(?!(?:state|nonce|code_challenge)\}\})/, 'encoded_')
  return { key, value: parts.map(encode).join('') }
}

/** Keeps a text from being taken for a variable. */
export function literal(text: string): string {
  return text.replaceAll('{{', '{ {')
}
