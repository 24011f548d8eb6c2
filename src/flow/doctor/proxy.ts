// The proxy that requests go through: what the variables say, where they conflict, which hosts they leave out.
import type { Context } from '../../context.ts'
import { type Check, note, ok, problem } from './check.ts'
import type { ProfileState } from './profile.ts'

type Env = Context['env']

/** The lower case is taken first, also where it is empty. */
const pairs = [
  ['https_proxy', 'HTTPS_PROXY'],
  ['http_proxy', 'HTTP_PROXY'],
] as const

/** Says what goes through a proxy. No value is shown beyond scheme, host and port. */
export function checkProxy({ env }: Pick<Context, 'env'>, profile: ProfileState): Check[] {
  const chosen = profile.kind === 'found' ? profile.settings.proxy : env['NV_PROXY'] || undefined
  const past =
    'every request goes through it, whatever HTTPS_PROXY and NO_PROXY say, except requests to this machine'
  if (chosen !== undefined && profile.kind === 'found')
    return [ok('proxy', `The proxy is ${describeProxy(chosen)}, by ${profile.origins.proxy}`, past)]
  if (chosen !== undefined) return [checkUrl('NV_PROXY', chosen, past)]
  const https = pairs[0].find((name) => env[name] !== undefined)
  const http = pairs[1].find((name) => env[name] !== undefined)
  const used = https !== undefined && env[https] ? https : http !== undefined && env[http] ? http : undefined
  if (used === undefined)
    return [
      ok('proxy', 'No proxy is set', 'requests go directly to the gateway'),
      ...checkContradictions(env),
    ]
  const through =
    used === https
      ? 'https requests go through it, except requests to this machine'
      : 'https requests also go through it, since HTTPS_PROXY is not set'
  return [
    checkUrl(used, env[used] ?? '', through),
    ...checkContradictions(env),
    ...checkExceptions(env, profile),
  ]
}

function checkUrl(name: string, value: string, consequence: string): Check {
  const place = describeProxy(value)
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value.trim()) ?? []
  if (place === null) {
    return problem(
      'proxy',
      `${name} is not the address of a proxy; nv does not show it, since it may hold a password`,
      'requests fail before they leave',
      `Write it as in ${name}=http://proxy.example:3128`,
    )
  }
  if (scheme === undefined) {
    return note(
      'proxy',
      `${name} is ${place}, without a scheme`,
      'some programs read it as http:// and others refuse it',
      `Write it as in ${name}=http://${place}`,
    )
  }
  if (!/^https?$/i.test(scheme)) {
    return problem(
      'proxy',
      `${name} is ${place}, but nv only supports http and https proxies`,
      'requests fail before they leave',
      `Use the http port of that proxy, as in ${name}=http://proxy.example:3128`,
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

function checkContradictions(env: Env): Check[] {
  const all = [...pairs, ['no_proxy', 'NO_PROXY'] as const]
  // On Windows both names are the same variable, and never differ.
  const differing = all.filter(
    ([lower, upper]) => env[lower] !== undefined && env[upper] !== undefined && env[lower] !== env[upper],
  )
  const contradictions = differing.map(([lower, upper]) =>
    note(
      'proxy-variables',
      `${lower} and ${upper} differ`,
      `nv takes ${lower}${env[lower] === '' ? ', which is empty,' : ''} and other programs may take ${upper}`,
      `Set both to the same value, or unset ${upper}.`,
    ),
  )
  const socks = ['all_proxy', 'ALL_PROXY'].find((name) => env[name])
  const isAlone = pairs.flat().every((name) => !env[name])
  return socks !== undefined && isAlone
    ? [
        ...contradictions,
        note(
          'proxy-variables',
          `${socks} is set, which nv does not read`,
          'nv connects directly, while other programs use that proxy',
          'Name an http proxy in HTTPS_PROXY.',
        ),
      ]
    : contradictions
}

/** Says which hosts NO_PROXY leaves out, and which of its entries do nothing. */
function checkExceptions(env: Env, profile: ProfileState): Check[] {
  const name = ['no_proxy', 'NO_PROXY'].find((variable) => env[variable] !== undefined)
  const value = name === undefined ? '' : (env[name] ?? '')
  if (name === undefined || value.trim() === '') return []
  const entries = value.split(/[,\s]/).filter(Boolean)
  if (value === '*') return [note('no-proxy', `${name} is *`, 'no request goes through the proxy')]
  const ranges = entries.filter((entry) => /^[\d.]+\/\d+$|^[0-9a-f:]+\/\d+$/i.test(entry))
  const hosts = profile.kind === 'found' ? profile.hosts : []
  const direct = hosts.filter((host) => entries.some((entry) => isFor(entry, host)))
  const proxied = hosts.filter((host) => !direct.includes(host))
  const consequence = [
    ...(direct.length > 0 ? [`${direct.join(', ')} ${direct.length > 1 ? 'are' : 'is'} asked directly`] : []),
    ...(proxied.length > 0
      ? [`${proxied.join(', ')} ${proxied.length > 1 ? 'are' : 'is'} asked through the proxy`]
      : []),
  ].join('; ')
  return [
    ok(
      'no-proxy',
      `${name} names ${entries.length === 1 ? 'one host' : `${entries.length} hosts`}`,
      consequence || (entries.length === 1 ? 'it is asked directly' : 'those are asked directly'),
    ),
    ...(ranges.length === 0
      ? []
      : [
          note(
            'no-proxy',
            `${name} holds ${ranges.join(', ')}`,
            'it has no effect: nv compares names and addresses, not ranges',
            'Name the hosts.',
          ),
        ]),
  ]
}

/** Compares as undici does: the host itself, or one below it, and the port where there is one. */
function isFor(entry: string, host: string): boolean {
  const [, name = entry, port = null] = /^(.+):(\d+)$/.exec(entry) ?? []
  const { hostname, port: given } = new URL(`https://${host}`)
  const plain = name.replace(/^\*?\./, '').toLowerCase()
  if (port !== null && port !== (given || '443')) return false
  return hostname === plain || hostname.endsWith(`.${plain}`)
}
