// What stands beside an answer of the API and says that it is none: an error, a failure, the same member once more.
import { foldName, isObject, saysSuccess } from '../wire/body.ts'

/** Members that only stand in an answer when something went wrong, however they are written. */
const errors =
  /^(is|has)?(err|errors?|faults?|fail(ed|ures?)?|exceptions?)(code|message|reason|description|type|details?)?$/
/** Members that say no when something went wrong. */
const successes = new Set(['success', 'successful', 'issuccess', 'issuccessful', 'succeeded', 'ok'])
const codes = new Set(['code', 'resultcode', 'responsecode', 'returncode', 'statuscode', 'httpcode'])
const states =
  /^(((result|response|request|match|verification)?(status|state|result|outcome))|(match|verification)type)$/
/** Members in which a person reads what happened. */
const messages =
  /(message|msg|reason|description|desc|details?|mensaje|mensagem|meldung|descripcion|descricao|motivo)$/

const failed =
  /^(error|err|fail(ed|ure)?|unknown|undetermined|indeterminate|inconclusive|unavailable|time_?d?_?out|pending|not_?(found|available|supported|determined))$/i
const undecided =
  /(could not|couldn't|unable to|can ?not|can't|failed to) (be )?(determin|identif|resolv|recogni|reach|look)|\btime(d)?[ -]?out\b|\bunavailable\b|not (be )?determined|(não foi possível|no (se pudo|fue posible)|konnte nicht|impossible d|non è stato possibile).{0,20}(identif|determin|resol|consult|obt|ermitt|recon|loca)/i

const maxDepth = 5

/**
 * Finds what makes an answer doubtful: a gateway that can't tell may put a default verdict beside its error. Null: the
 * answer stands alone.
 */
export function doubtBeside(object: Record<string, unknown>, answer: string, depth = 0): string | null {
  for (const [written, value] of Object.entries(object).slice(0, 200)) {
    const name = foldName(written)
    if (written !== answer && name === foldName(answer))
      return `another spelling of it (${written.slice(0, 40)})`
    if (says(name, value)) return `an error (${written.slice(0, 40)})`
    const inner = depth < maxDepth ? [value].flat().filter(isObject) : []
    for (const one of inner.slice(0, 20)) {
      const doubt = doubtBeside(one, answer, depth + 1)
      if (doubt !== null) return doubt
    }
  }
  return null
}

/** Tells whether a member says that something went wrong. */
function says(name: string, value: unknown): boolean {
  const text = ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : null
  if (errors.test(name)) return text === null ? isTold(name, value) : text !== 'false' && !saysSuccess(text)
  if (text === null) return false
  if (successes.has(name)) return /^(false|no|0)$/i.test(text)
  if (codes.has(name)) return isErrorCode(name, value, text)
  if (name === 'status' && value === false) return true
  if (states.test(name)) return failed.test(text) || /^[45]\d\d$/.test(text)
  return messages.test(name) && undecided.test(text)
}

function isErrorCode(name: string, value: unknown, text: string): boolean {
  const isOther = /^\d+$/.test(text) && (name !== 'code' || typeof value === 'number')
  return isOther ? /^[45]\d\d$/.test(text) : text !== '' && !saysSuccess(text)
}

function isTold(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (name === 'errors' && isObject(value)) return Object.keys(value).length > 0
  return value !== undefined && value !== null
}

/** Members that repeat the number that was asked about. */
const asked = /^(requested|input|given|hashed)?phonenumber$/
/** Members that name the line of the phone. */
const lines = /^(device|verified|actual|line|subscriber)(phone)?(number|msisdn)$|^msisdn$/

/**
 * Finds the member by which an answer is about another number than the one that was asked about, or contradicts its
 * own verdict; null: there is none. A number that is cut or masked tells nothing.
 */
export function contradictionIn(
  object: Record<string, unknown>,
  { phoneNumber, hash, isVerified }: { phoneNumber: string; hash: string; isVerified: boolean },
): string | null {
  const isOfPhone = {
    ...object,
    ...(isObject(object['device']) ? { devicePhoneNumber: object['device']['phoneNumber'] } : {}),
  }
  const found = Object.entries(isOfPhone).find(([written, value]) => {
    const name = foldName(written)
    const isSame = compare(value, phoneNumber, hash)
    if (isSame === null) return false
    return asked.test(name) ? !isSame : lines.test(name) && isSame !== isVerified
  })
  return found?.[0].slice(0, 40) ?? null
}

/** Tells whether a text is the number or its hash; null: it is neither a number nor a hash. */
function compare(value: unknown, phoneNumber: string, hash: string): boolean | null {
  if (typeof value !== 'string') return null
  if (/^[\da-f]{64}$/i.test(value)) return value.toLowerCase() === hash
  const digits = value.replaceAll(/[\s().+-]/g, '').replace(/^(tel:)?0*/, '')
  return /^\d{7,15}$/.test(digits) ? phoneNumber.endsWith(digits) : null
}
