// Secrets in a text of no known form: commands, code, logs. They are found so that no quotation shows them.
import { isOauthCode, isSecretMember } from '../run/redaction/secret-names.ts'

const maxLength = 1_000_000
const minLength = 6

/** Gives what stands beside the name of a secret, or as the password of a pair. */
export function looseSecretsIn(text: string): string[] {
  if (text.length > maxLength) return []
  const named = [...text.matchAll(namePattern)].flatMap(([, name = '', value = '']) =>
    isSecretMember(name) || /(?:^|_)pass$|_key$/i.test(name) || (name === 'code' && isOauthCode(value))
      ? [value]
      : [],
  )
  const paired = pairs.flatMap((pattern) => [...text.matchAll(pattern)].map(([, secret = '']) => secret))
  return [...named, ...paired].filter((secret) => secret.length >= minLength && !/^[a-z_]+$/.test(secret))
}

const namePattern =
  /(?<![\w.-])["'\u201C]?([A-Za-z][\w.-]{1,60})["'\u201D]?[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}["'`\u201C]?([^\s"'`\u201C\u201D&;,<>(){}]{4,4000})/g

const pairs: readonly RegExp[] = [
  /\b(?:Bearer|DPoP|Basic)[ \t]+([\w.~+/-]{8,4000}={0,2})(?!\s*=)/gi,
  /(?<=\s)(?:-u|-a|-U|--user|--auth|--proxy-user)[= ]{0,2}["']?[^\s"':]{1,200}:([^\s"']{1,2000})/g,
  /\b(?:auth|HTTPBasicAuth|BasicAuth)\s?[=:(]{1,2}\s?\(?\s?["'][^"'\n]{1,200}["']\s?,\s?["']([^"'\n]{1,2000})["']/g,
]
