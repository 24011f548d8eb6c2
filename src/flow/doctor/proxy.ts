// The proxy that requests go through: what the variables say, where they conflict, which hosts they leave out.
import type { Context } from '../../context.ts'
import {
  exceptionVariables,
  isException,
  proxyVariable,
  proxyVariables,
  readExceptions,
  readProxy,
} from '../../wire/proxies.ts'
import { type Check, note, ok, problem } from './check.ts'
import type { ProfileState } from './profile.ts'

type Env = Context['env']

/** Says what goes through a proxy. No value is shown beyond scheme, host and port. */
export function checkProxy({ env }: Pick<Context, 'env'>, profile: ProfileState): Check[] {
  const chosen = profile.kind === 'found' ? profile.settings.proxy : env['NV_PROXY'] || undefined
  const past =
    'Every request goes through it, whatever HTTPS_PROXY and NO_PROXY say, except requests to this machine'
  if (chosen !== undefined && profile.kind === 'found')
    return [ok('proxy', `The proxy is ${describeProxy(chosen)}, by ${profile.origins.proxy}`, past)]
  if (chosen !== undefined) return [checkUrl('NV_PROXY', chosen, past)]
  const [https, http] = [proxyVariable(env, 'https'), proxyVariable(env, 'http')]
  if (https === null && http === null)
    return [
      ok('proxy', 'No proxy is set', 'Requests go directly to the gateway'),
      ...checkContradictions(env),
    ]
  return [
    ...(https === null
      ? [ok('proxy', 'No proxy is set for https', 'Requests go directly to the gateway')]
      : [checkUrl(https, env[https] ?? '', describeUse(env))]),
    ...(http === null || http === https
      ? []
      : [checkPlain(checkUrl(http, env[http] ?? '', 'Only redirects over plain http go through it'))]),
    ...checkContradictions(env),
    ...checkExceptions(env, profile),
  ]
}

/** A proxy that only serves plain http gets in the way of few runs: those in which an operator redirects to it. */
function checkPlain(check: Check): Check {
  return check.status === 'problem'
    ? {
        ...check,
        status: 'note',
        consequence: 'Only redirects over plain http would go through it, and they fail',
      }
    : check
}

function describeUse(env: Env): string {
  const use = 'Requests go through it, except requests to this machine'
  const isFallback = !proxyVariables.https.some((variable) => env[variable] !== undefined)
  return isFallback ? `${use}. https goes through it too, since HTTPS_PROXY is not set` : use
}

function checkUrl(name: string, value: string, consequence: string): Check {
  const place = describeProxy(value)
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value.trim()) ?? []
  const { problem: flaw } = readProxy(value, name)
  const isOther = scheme !== undefined && !/^https?$/i.test(scheme)
  if (place === null || (flaw !== null && !isOther)) {
    return problem(
      'proxy',
      `${name} is not the address of a proxy; nv does not show it, since it may hold a password`,
      'Requests fail before they leave',
      `Write it as in ${name}=http://proxy.example:3128`,
    )
  }
  if (isOther) {
    return problem(
      'proxy',
      `${name} is ${place}, but nv only supports http and https proxies`,
      'Requests fail before they leave',
      `Use the http port of that proxy, as in ${name.replace(/all/i, (all) => (all === 'all' ? 'https' : 'HTTPS'))}=http://proxy.example:3128`,
    )
  }
  if (scheme === undefined) {
    return note(
      'proxy',
      `${name} is ${place}, without a scheme`,
      `${consequence}. nv takes it as http; some programs refuse it`,
      `Write it as in ${name}=http://${place}`,
    )
  }
  return ok('proxy', `${name} is ${place}`, consequence)
}

/** Gives scheme, host and port, whatever credentials stand before them; null when that isn't what is there. */
export function describeProxy(value: string): string | null {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(value.trim()) ?? []
  const [place = ''] = rest.slice(rest.lastIndexOf('@') + 1).split(/[/?#]/, 1)
  return /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(place) ? scheme.toLowerCase() + place : null
}

/** On Windows both names are the same variable, and never differ. */
function checkContradictions(env: Env): Check[] {
  const pairs = [...new Set(Object.values(proxyVariables).flat()), ...exceptionVariables].filter(
    (name) => name === name.toLowerCase(),
  )
  return pairs.flatMap((lower) => {
    const upper = lower.toUpperCase()
    if (env[lower] === undefined || env[upper] === undefined || env[lower] === env[upper]) return []
    return note(
      'proxy-variables',
      `${lower} and ${upper} differ`,
      `nv takes ${lower}${env[lower] === '' ? ', which is empty,' : ''} and other programs may take ${upper}`,
      `Set both to the same value, or unset ${upper}.`,
    )
  })
}

/** Says which hosts NO_PROXY leaves out, and which of its entries match nothing. */
function checkExceptions(env: Env, profile: ProfileState): Check[] {
  const entries = readExceptions(env)
  const name = exceptionVariables.find((variable) => env[variable] !== undefined)
  if (name === undefined || entries.length === 0) return []
  if (entries.includes('*')) return [note('no-proxy', `${name} holds *`, 'No request goes through the proxy')]
  const useless = entries.filter((entry) => !isReadable(entry))
  const hosts = profile.kind === 'found' ? profile.hosts : []
  const isDirect = (host: string) => entries.some((entry) => isException(entry, new URL(`https://${host}`)))
  const direct = hosts.filter(isDirect)
  const proxied = hosts.filter((host) => !isDirect(host))
  const consequence = [
    ...(direct.length > 0 ? [`nv asks ${direct.join(', ')} directly`] : []),
    ...(proxied.length > 0 ? [`nv asks ${proxied.join(', ')} through the proxy`] : []),
  ].join('; ')
  const count = entries.length - useless.length
  return [
    ...(count === 0
      ? []
      : [
          ok(
            'no-proxy',
            `${name} names ${count === 1 ? 'one host or range' : `${count} hosts or ranges`}`,
            consequence || 'nv asks those directly',
          ),
        ]),
    ...(useless.length === 0
      ? []
      : [
          note(
            'no-proxy',
            `${name} holds ${useless.join(', ')}`,
            `${useless.length === 1 ? 'It matches' : 'They match'} no host`,
            'Write host names, addresses or ranges, as in .example.com,10.0.0.0/8.',
          ),
        ]),
  ]
}

/** Tells whether an entry can match a host at all: a scheme, a path, or a star in the middle can't. */
function isReadable(entry: string): boolean {
  return (
    /^(?:[\d.]+\/\d{1,3}|[\da-f:.]+\/\d{1,3}|(?:\*?\.)?[^/*@\s]+)$/i.test(entry) && !entry.includes('://')
  )
}
