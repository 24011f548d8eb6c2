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

/** Objects that hold what became of the call. The code or status in another one is of what that describes. */
const ofCall =
  /^(meta(data)?|header|body|data|details?|(result|response|request|verification|call)?(status|state|result|outcome|info)?)$/

const maxDepth = 5

/**
 * Finds what makes an answer doubtful: a gateway that can't tell may put a default verdict beside its error. Null: the
 * answer stands alone.
 */
export function doubtBeside(object: Record<string, unknown>, answer: string): string | null {
  return doubtIn(object, { answer, verdict: object[answer], isOfCall: true, depth: 0 })
}

interface Place {
  answer: string
  verdict: unknown
  isOfCall: boolean
  depth: number
}

function doubtIn(object: Record<string, unknown>, place: Place): string | null {
  const { answer, verdict, isOfCall, depth } = place
  for (const [written, value] of Object.entries(object).slice(0, 200)) {
    const name = foldName(written)
    if (written !== answer && name === foldName(answer))
      return `another spelling of it (${written.slice(0, 40)})`
    if (saysError(name, value) || (isOfCall && saysFailure(name, value, verdict)))
      return `an error (${written.slice(0, 40)})`
    const inner = depth < maxDepth ? [value].flat().filter(isObject) : []
    const within = { answer, verdict, isOfCall: isOfCall && ofCall.test(name), depth: depth + 1 }
    for (const one of inner.slice(0, 20)) {
      const doubt = doubtIn(one, within)
      if (doubt !== null) return doubt
    }
  }
  return null
}

/** Tells whether a member that is for errors holds one. */
function saysError(name: string, value: unknown): boolean {
  if (!errors.test(name)) return false
  const text = textOf(value)
  if (text !== null) return !/^(false|null|nil|n\/?a|-+)$/i.test(text) && !saysSuccess(text)
  if (Array.isArray(value)) return value.length > 0
  // A place for errors may be empty; an exception without words is still one.
  return isObject(value) && (!/^errors?$/.test(name) || Object.keys(value).length > 0)
}

/** Tells whether a member about the call says that it failed, or that its verdict is the other one. */
function saysFailure(name: string, value: unknown, verdict: unknown): boolean {
  const text = textOf(value)
  if (text === null) return false
  if (successes.has(name)) return /^(false|no|0)$/i.test(text)
  if (name === 'status' && value === false) return true
  const isCode = codes.has(name)
  if (!isCode && !states.test(name)) return messages.test(name) && undecided.test(text)
  const said = verdictIn(text)
  if (said !== null) return said !== verdict && typeof verdict === 'boolean'
  return isCode ? isErrorCode(name, value, text) : failed.test(text) || /^[45]\d\d$/.test(text)
}

/** Reads a verdict that is written in words; null: it is none. */
function verdictIn(text: string): boolean | null {
  const [, negation] = /^(not?[ _-]?|un|mis)?(?:match(?:ed)?|verified)$/i.exec(text) ?? [null, null]
  return negation === null ? null : negation === undefined
}

function textOf(value: unknown): string | null {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : null
}

function isErrorCode(name: string, value: unknown, text: string): boolean {
  const isOther = /^\d+$/.test(text) && (name !== 'code' || typeof value === 'number')
  return isOther ? /^[45]\d\d$/.test(text) : text !== '' && !saysSuccess(text)
}

/** Members that repeat the number that was asked about. */
const asked = /^(requested|input|given|hashed)?phonenumber$/
/** Members that name the line of the phone. */
const lines = /^(device|verified|actual|line|subscriber)(phone)?(number|msisdn)$/

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
    // It may be either of the two.
    if (name === 'msisdn') return isVerified && !isSame
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
