// An adb for tests: it records its arguments, and hands lines to a shell that parses them again, as a phone's does.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from './store-harness.ts'

/** What the phone is like, by file: settings, properties and dumps as Android prints them. */
const pixel: Readonly<Record<string, string>> = {
  wifi_on: '1',
  airplane_mode_on: '0',
  mobile_data: '1',
  multi_sim_data_call: '3',
  private_dns_mode: 'opportunistic',
  'ro.product.model': 'Pixel 7',
  'ro.build.version.release': '14',
  'gsm.sim.state': 'LOADED,ABSENT',
  'gsm.operator.alpha': 'Movistar,',
  'gsm.operator.isroaming': 'false,false',
  'telephony.registry': '  Phone Id=0\n    mDataConnectionState=2\n  Phone Id=1\n    mDataConnectionState=0',
  'connectivity-1':
    'Active default network: 101\n  NetworkAgentInfo{network{100}  handle{1}  ni{MOBILE[LTE] CONNECTED extra: internet} nc{[ Transports: CELLULAR Capabilities: INTERNET&VALIDATED]}}\n  NetworkAgentInfo{network{101}  handle{2}  ni{WIFI CONNECTED extra: } nc{[ Transports: WIFI Capabilities: INTERNET&VALIDATED]}}',
  'connectivity-0':
    'Active default network: 100\n  NetworkAgentInfo{network{100}  handle{1}  ni{MOBILE[LTE] CONNECTED extra: internet} nc{[ Transports: CELLULAR Capabilities: INTERNET&VALIDATED]}}',
}

export interface FakeAdb {
  /** The folder of adb. */
  folder: string
  /** A PATH that begins with it. */
  path: string
  /** The arguments of each call of adb. */
  calls(): string[][]
  /** The arguments of each program that ran on the phone and changes something: am, svc. */
  ran(): string[][]
  /** Says what the phone, or adb, is like from now on; null: it says nothing of that. */
  set(name: string, value: string | null): void
  get(name: string): string
  /** Has the calls of a command hang. */
  hang(command: string): void
  resume(command: string): void
}

export const pixelDevice = '1A2B device usb:1-1 product:panther model:Pixel_7 transport_id:1'

/** Makes an adb with a phone on its cable. The phone opens a URL as a browser does. */
export function makeFakeAdb(devices: readonly string[] = [pixelDevice]): FakeAdb {
  const root = makeFolder()
  const folder = join(root, 'bin')
  const phone = join(root, 'phone')
  for (const path of [folder, phone, join(root, 'state')]) mkdirSync(path)
  const set = (name: string, value: string | null) =>
    writeFileSync(join(root, 'state', name), value ?? 'null')
  const get = (name: string) => readFileSync(join(root, 'state', name), 'utf8').trim()
  for (const [name, value] of Object.entries(pixel)) set(name, value)
  set('devices', ['List of devices attached', ...devices, ''].join('\n'))
  set('reversed', '')
  set('forwarded', '')
  writeFileSync(join(root, 'phone.mjs'), browser(root))
  const program = (path: string, body: string) => {
    writeFileSync(path, `#!/bin/sh\nR='${root}'\n${body}\n`)
    chmodSync(path, 0o755)
  }
  const note = (file: string) => `{ for a; do printf '%s\\t' "$a"; done; echo; } >>"$R/${file}"`
  program(
    join(folder, 'adb'),
    `${note('calls')}
[ "$1" = -s ] && shift 2
[ -e "$R/hang-$1" ] && exec /bin/sleep 60
case "$1 $2" in
'devices -l') cat "$R/state/devices" ;;
'reverse --list') cat "$R/state/reversed" ;;
'reverse --remove') : >"$R/state/reversed" ;;
reverse*) [ -e "$R/state/reverse-fails" ] && { cat "$R/state/reverse-fails" >&2; exit 1; }
  echo "host-1 $2 $3" >>"$R/state/reversed" ;;
'forward --remove') : >"$R/state/forwarded" ;;
forward*) echo "$3" >"$R/state/forwarded"; cat "$R/state/port" ;;
shell*) shift; PATH="${phone}:/usr/bin:/bin" exec sh -c "$*" ;;
esac`,
  )
  program(join(phone, 'settings'), `cat "$R/state/$3" 2>/dev/null || echo null`)
  program(join(phone, 'getprop'), `cat "$R/state/$1" 2>/dev/null || echo`)
  program(
    join(phone, 'dumpsys'),
    `[ "$1" = connectivity ] && exec cat "$R/state/connectivity-$(cat "$R/state/wifi_on")"\ncat "$R/state/$1" 2>/dev/null`,
  )
  program(
    join(phone, 'svc'),
    `set -- svc "$@"; ${note('ran')}\n[ -e "$R/state/wifi-stays" ] && exit 0\n[ -e "$R/state/wifi-slow" ] && /bin/sleep 2\ncase "$3" in enable) echo 1 ;; *) echo 0 ;; esac >"$R/state/wifi_on"`,
  )
  program(
    join(phone, 'am'),
    `set -- am "$@"; ${note('ran')}
[ -e "$R/state/am-says" ] && exec cat "$R/state/am-says"
echo "Starting: Intent { act=android.intent.action.VIEW }"
for url; do :; done
'${process.execPath}' "$R/phone.mjs" "$url" >/dev/null 2>&1 </dev/null &`,
  )
  const lines = (file: string) =>
    existsSync(join(root, file))
      ? readFileSync(join(root, file), 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => line.split('\t').slice(0, -1))
      : []
  return {
    folder,
    path: `${folder}:/usr/bin:/bin`,
    calls: () => lines('calls'),
    ran: () => lines('ran'),
    set,
    get,
    hang: (command) => writeFileSync(join(root, `hang-${command}`), ''),
    resume: (command) => rmSync(join(root, `hang-${command}`)),
  }
}

/** Follows redirects with cookies; a redirect to the phone's own loopback needs its port reversed. */
function browser(root: string): string {
  return `
import { readFileSync } from 'node:fs'
let url = process.argv[2]
const { origin } = new URL(new URL(url).searchParams.get('redirect_uri') ?? url)
const jar = new Map()
while (url) {
  const here = new URL(url)
  if (here.origin === origin && !readFileSync('${root}/state/reversed', 'utf8').includes('tcp:' + here.port)) break
  const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
  const response = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} })
  for (const set of response.headers.getSetCookie()) jar.set(...set.split(';')[0].split(/=(.*)/s, 2))
  const location = response.headers.get('location')
  url = location && new URL(location, url).href
}
`
}
