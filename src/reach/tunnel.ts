// A tunnel: a program that leads a public address to a port of this machine.

/** What a tunnel is opened for. */
export interface TunnelRequest {
  /** Where nv listens, as a program on this machine reaches it. */
  local: { host: string; port: number }
  /** What stands behind the colon of the name, as the host in `ssh:<host>`; null: nothing. */
  destination: string | null
  /** The redirect_uri that is registered; null: none is known. */
  redirectUri: URL | null
  isWindows: boolean
}

/** An address that a tunnel has. */
export interface TunnelAddress {
  /** Its origin, as in https://name.example. */
  url: string
  /** Whether what is sent there arrives from now on. */
  isUp: boolean
}

/** How long an address lives: `may-change` where that depends on the account. */
export type AddressLife = 'stays' | 'changes' | 'may-change'

/** A tunnel for one request. */
export interface PreparedTunnel {
  args: readonly string[]
  life: AddressLife
  /** Reads the address from the lines that were printed so far, plain text each; null: there is none yet. */
  read(printed: readonly string[]): TunnelAddress | null
}

export interface Tunnel {
  /** The program, as it is on PATH. */
  program: string
  /** What it makes, in a few words. */
  summary: string
  /** The variables of the user that it needs. */
  variables: readonly string[]
  /** How to get the program. */
  install: string
  /** Host values under which it hands requests on, beside those of its address. */
  hosts?: readonly string[]
  /** Throws a UsageError when the request can't be met. */
  prepare(request: TunnelRequest): PreparedTunnel
  /**
   * Says what to do about what it printed; null: nothing is known. `isFinal`: waiting for it to go on is no use.
   */
  advise(printed: readonly string[]): { fix: string; isFinal: boolean } | null
}

/** Finds the origins of the https addresses in a text, in order. */
export function httpsOriginsIn(text: string): string[] {
  const found =
    text.match(/\bhttps:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?![\w@:.-])\/?(?![^\s"'<>|,)])/gi) ?? []
  return found.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin)
}
