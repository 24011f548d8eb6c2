// Control requests: which behaviours are on for one client, asked for and switched while the simulator runs.
import { isLoopback } from '../../wire/addresses.ts'
import { readBody } from '../../wire/body.ts'
import { basePath, type Gateway } from '../gateway.ts'
import { mediaType, type Call } from '../request.ts'
import { replyJson, type Reply } from '../response.ts'
import { type NotSwitched, readSwitched } from './read-switched.ts'
import type { Switchboard, Switched } from './switchboard.ts'

const prefix = `${basePath}/simulator/`
const maxSwitched = 20

/** Headers that a browser adds for a page, and a proxy or a tunnel to what it forwards. */
const marksOfOthers = /^(?:origin|sec-fetch-site|forwarded|x-forwarded-.+|x-real-ip|via|cf-connecting-ip)$/

/**
 * Answers a control request: `PUT {base}/simulator/clients/<client_id>/behaviours` with `{"behaviours": ["hang@api"]}`
 * switches, DELETE leaves the client those of everyone, GET and both others tell what is on. Undefined when the call
 * is none. Only programs of this machine are heard, and no web page: one can reach loopback, and can make its own
 * name lead here, but it can't hide that it is one. Neither is what a tunnel brings from elsewhere.
 */
export function control(call: Call, { clients }: Gateway, switchboard: Switchboard): Reply | undefined {
  if (!call.path.startsWith(prefix)) return undefined
  const isOwn = isLoopback(call.remoteAddress) && isLoopback(call.hostname)
  const isFromElsewhere = call.headers.some(([name]) => marksOfOthers.test(name))
  if (!isOwn || isFromElsewhere)
    return refuse(403, 'Only programs on this machine may do this, not web pages.')
  const clientId = readClientId(call.path.slice(prefix.length))
  if (!clients.some(({ id }) => id === clientId) || clientId === null) {
    return refuse(
      404,
      'The path is /simulator/clients/<client_id>/behaviours, with a client that the simulator knows.',
    )
  }
  if (call.method === 'PUT') {
    const switched = readBehaviours(call)
    if ('rule' in switched) return refuse(400, switched.rule, switched.near)
    switchboard.switchFor(clientId, switched)
  } else if (call.method === 'DELETE') switchboard.switchFor(clientId, [])
  else if (call.method !== 'GET') {
    const reply = refuse(405, 'The method must be GET, PUT or DELETE.')
    return { ...reply, headers: { ...reply.headers, allow: 'GET, PUT, DELETE' } }
  }
  const active = switchboard.activeFor(() => clientId).map(({ name, step }) => `${name}@${step}`)
  return replyJson(200, { behaviours: active }, active.join(', ') || 'no behaviours')
}

function readClientId(path: string): string | null {
  const encoded = /^clients\/([^/]+)\/behaviours$/.exec(path)?.[1]
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded)
  } catch {
    return null
  }
}

/** Reads what is to be on, or why it can't be. */
function readBehaviours(call: Call): Switched[] | NotSwitched {
  if (mediaType(call) !== 'application/json') return unread('The Content-Type must be application/json.')
  const body = readBody(call.body)
  const names = body.kind === 'object' ? body.object['behaviours'] : undefined
  if (!Array.isArray(names) || !names.every((name): name is string => typeof name === 'string')) {
    return unread('The body must be a JSON object whose behaviours are an array of strings.')
  }
  if (names.length > maxSwitched) return unread(`No more than ${maxSwitched} behaviours at once.`)
  const switched: Switched[] = []
  for (const name of names) {
    const read = readSwitched(name)
    if ('rule' in read) return read
    if (read.behaviour.certificate) return unread('A certificate applies to all clients: use --behave.')
    if (read.step === 'discovery' || read.step === 'jwks')
      return unread(`A request at ${read.step} names no client: use --behave.`)
    switched.push(read)
  }
  return switched
}

function unread(rule: string): NotSwitched {
  return { rule, near: [] }
}

function refuse(status: number, message: string, near: readonly string[] = []): Reply {
  return replyJson(status, { status, message, ...(near.length > 0 ? { near } : {}) }, 'control refused')
}
