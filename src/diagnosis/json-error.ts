// Reads an error out of JSON of any shape, by the names of its members.
import { foldName, isObject, saysSuccess } from '../wire/body.ts'

/** What an error says. */
export interface Said {
  /** The code, as the server sent it; null: none. */
  code: string | null
  /** The server's words; null: none. */
  message: string | null
  /** More of its words, which explain the first. */
  detail: string | null
  /** The address where the server says that more is written. */
  reference: string | null
}

interface Leaf {
  /** In lower case, without `_` and `-`. */
  name: string
  value: string
  isNumber: boolean
}

/** The members that hold a code, the most telling first. */
const codeNames = [
  'error',
  'code',
  'errorcode',
  'errorid',
  'faultcode',
  'exceptioncode',
  'resultcode',
  'responsecode',
  'returncode',
  'messageid',
  'status',
  'errortype',
]
/** The members that hold a headline. */
const headlineNames = [
  'title',
  'httpmessage',
  'message',
  'faultstring',
  'errormessage',
  'msg',
  'resultmessage',
  'responsemessage',
  'statusmessage',
  'mensaje',
  'mensagem',
  'meldung',
  'errorsummary',
  'reasonphrase',
  'error',
]
/** The members that hold an explanation. */
const detailNames = [
  'errordescription',
  'errordesc',
  'errordetail',
  'resultdesc',
  'responsedesc',
  'descricao',
  'moreinformation',
  'detail',
  'description',
  'details',
  'reason',
  'developermessage',
  'usermessage',
  'hint',
  'cause',
  'text',
  'descripcion',
  'detalle',
  'beschreibung',
  'fehlerbeschreibung',
]
const referenceNames = [
  'erroruri',
  'moreinformation',
  'type',
  'documentationurl',
  'moreinfo',
  'infolink',
  'helpurl',
  'help',
  'link',
  'href',
  'docs',
]
/** The members that hold what a firewall wants to be told. */
const ticketNames = new Set(['reference', 'referenceid', 'incidentid', 'supportid', 'rayid', 'eventid'])
/** The members whose text is not a message, however much it reads like one. */
const mute = new Set(['timestamp', 'path', 'instance', 'date', 'time', 'traceid', 'requestid', 'useragent'])

const reasonPhrases =
  /^(bad request|unauthorized|forbidden|not found|method not allowed|conflict|internal server error|bad gateway|service unavailable|gateway timeout|too many requests|payment required)$/i
const codeForm = /^[A-Za-z0-9][\w.:/-]{0,120}$/

/** Reads the code and the words of an error in JSON; `status` is that of its response. */
export function readJsonError(text: string, status: number): Said {
  const leaves = leavesOf(text)
  const isUrl = (value: string) => /^https?:\/\/\S+$/.test(value)
  const isCode = ({ value, isNumber }: Leaf) =>
    isNumber || /^-?\d+$/.test(value)
      ? Number(value) !== status && Number(value) > 999
      : codeForm.test(value) && !isUrl(value) && !reasonPhrases.test(value)
  const isSentence = ({ value, isNumber }: Leaf) => !isNumber && !isUrl(value) && /\p{L}/u.test(value)
  /** Under a success `status` says how it went: that is a code only where it went wrong. */
  const isToldBy = ({ name, value }: Leaf) =>
    status >= 400 ||
    (name !== 'status' && !saysSuccess(value)) ||
    /fail|error|denied|refus|invalid|reject|unauthor|forbid/i.test(value)
  const find = (names: readonly string[], fits: (leaf: Leaf) => boolean) =>
    names
      .map((name) => leaves.find((leaf) => leaf.name === name && fits(leaf)))
      .find((leaf) => leaf !== undefined)?.value ?? null
  const code = find(codeNames, (leaf) => isCode(leaf) && isToldBy(leaf))
  const detail = find(detailNames, isSentence)
  const headline = find(headlineNames, (leaf) => isSentence(leaf) && leaf.value !== code)
  const reference = find(referenceNames, ({ value }) => isUrl(value))
  const message = headline ?? detail ?? (status >= 400 ? longestSentence(leaves) : null)
  const named = leaves.find(({ name, value }) => ticketNames.has(name) && /\d/.test(value) && !isUrl(value))
  const ticket = named === undefined || status < 400 ? null : `${named.name} ${named.value}`
  const more = message === detail ? null : detail
  return {
    code,
    message,
    detail: [more, ticket].filter((part) => part !== null).join(', ') || null,
    reference,
  }
}

/** Two words; some scripts write them without a space. */
const twoWords = /\p{L}{2}\s+\p{L}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{4}/u

/** Finds what reads like a sentence when no member's name says so. */
function longestSentence(leaves: readonly Leaf[]): string | null {
  const sentences = leaves.filter(
    ({ name, value, isNumber }) => !isNumber && !mute.has(name) && twoWords.test(value),
  )
  return sentences.toSorted((one, other) => other.value.length - one.value.length)[0]?.value ?? null
}

const maxLeaves = 300
const maxDepth = 8

/** Lists the texts and numbers of a JSON value, the shallow ones first; of a text that is cut, what can be found. */
function leavesOf(text: string): Leaf[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return leavesOfBroken(text)
  }
  const leaves: Leaf[] = []
  let level: Array<[name: string, value: unknown]> = [['', value]]
  for (let depth = 0; depth < maxDepth && level.length > 0 && leaves.length < maxLeaves; depth++) {
    const next: typeof level = []
    for (const [name, member] of level.slice(0, maxLeaves)) {
      if (typeof member === 'string' && member.trim() !== '')
        leaves.push({ name, value: member, isNumber: false })
      else if (typeof member === 'number') leaves.push({ name, value: String(member), isNumber: true })
      else if (Array.isArray(member)) next.push(...member.slice(0, 20).map((item) => problemIn(name, item)))
      else if (typeof member === 'object' && member !== null) next.push(...membersIn(name, member))
    }
    level = next
  }
  return leaves
}

/** The objects that name fields, with what is wrong with each. */
const ofFields = new Set([
  'errors',
  'fielderrors',
  'validationerrors',
  'violations',
  'modelstate',
  'invalidparams',
])
const known = new Set([...codeNames, ...headlineNames, ...detailNames, ...referenceNames])

const fields = ['field', 'loc', 'param', 'parameter', 'property', 'propertypath', 'pointer', 'path']
const problems = ['msg', 'message', 'defaultmessage', 'reason', 'description', 'error']

/** Joins the name of a field and what is wrong with it, of an item in a list of such; any other item stays what it is. */
function problemIn(name: string, item: unknown): [name: string, value: unknown] {
  if (!isObject(item)) return [name, item]
  const members = Object.entries(item).map(([key, value]): [string, unknown] => [
    foldName(key),
    Array.isArray(value) ? value.filter((part) => typeof part === 'string').at(-1) : value,
  ])
  const find = (names: readonly string[]) =>
    members.find(([key, value]) => names.includes(key) && typeof value === 'string')
  const [field, problem] = [find(fields), find(problems)]
  return field === undefined || problem === undefined
    ? [name, item]
    : ['detail', `${String(field[1])}: ${String(problem[1])}`]
}

/** Names the members of an object; one that has a code or a message is an error, not a list of fields. */
function membersIn(parent: string, object: object): Array<[name: string, value: unknown]> {
  const entries = Object.entries(object)
  const isError = entries.some(([key]) => known.has(foldName(key)))
  return entries.map(([key, value]) => memberIn(isError ? '' : parent, key, value))
}

/** Names a member; what stands under the name of a field says what is wrong with that field. */
function memberIn(parent: string, key: string, value: unknown): [name: string, value: unknown] {
  const name = foldName(key)
  if (!ofFields.has(parent) || known.has(name)) return [name, value]
  const words = [value].flat().filter((item) => typeof item === 'string')
  return words.length === 0 ? [name, value] : ['detail', `${key}: ${words.join(' ')}`]
}

function leavesOfBroken(text: string): Leaf[] {
  const pairs = text.slice(0, 16_384).matchAll(/"([\w-]{1,40})"\s*:\s*"((?:[^"\\]|\\.){0,1000})/g)
  return [...pairs].map(([, name = '', value = '']) => ({
    name: foldName(name),
    value: value.replace(/\\(["\\/])/g, '$1').replace(/\\[nrt]/g, ' '),
    isNumber: false,
  }))
}
