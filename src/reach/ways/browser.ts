// The way by this machine's browser, for gateways that take any device.
import type { Machine, Way } from '../way.ts'

export const browser: Way = {
  summary: "open the link in this machine's browser",
  opener: 'machine',
  listens: 'required',
  probe: (machine) => Promise.resolve(describeMissing(machine)),
  bring: async (authorizeUrl, { machine, open, show, observe }) => {
    const isOpened = await open(authorizeUrl)
    if (!isOpened) observe({ code: 'browser_not_started', step: 'authorize', exchange: null, facts: {} })
    const missing = describeMissing(machine)
    const note = isOpened
      ? 'Asked the browser of this machine to open it.'
      : `No browser could be started on this machine${missing === null ? '' : `: it needs ${missing}`}.`
    show(authorizeUrl, { isQr: false, note })
    return { detail: isOpened ? 'handed to the browser' : 'shown as a link', callback: null }
  },
}

/** A browser that BROWSER names opens wherever it is; the desktop's needs a desktop, which a container has not. */
function describeMissing({ env, tool }: Machine): string | null {
  if (env['BROWSER']) return null
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return 'a local session; this one is over SSH'
  const hasDisplay = env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME']
  return tool.platform.startsWith('linux') && !hasDisplay ? 'a display (DISPLAY or WAYLAND_DISPLAY)' : null
}
