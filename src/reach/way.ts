// A way: brings the authorize URL to the phone, and perhaps the authorization response back.

export interface WayTools {
  redirectUri: string
  /** Sends a GET as the phone would, and records it. */
  get(
    url: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; text: string }>
  /** Hands a URL to the desktop's browser; false when there is none to hand it to. */
  open(url: string): Promise<boolean>
  /** Shows the URL to the user, as a QR code too if asked. */
  show(url: string, options: { isQr: boolean; note: string | null }): void
}

export interface Way {
  /** Whether a listener has to hear the response, may hear it, or never will. */
  listens: 'required' | 'optional' | 'never'
  /** Brings the URL to the phone. Gives the response's parameters when this way itself gets them, else null. */
  bring(authorizeUrl: string, tools: WayTools): Promise<{ detail: string; callback: URLSearchParams | null }>
}
