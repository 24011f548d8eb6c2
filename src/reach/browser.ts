// The way by this machine's browser, for gateways that take any device.
import type { Way } from './way.ts'

export const browser: Way = {
  listens: 'required',
  bring: async (authorizeUrl, { open, show }) => {
    const isOpened = await open(authorizeUrl)
    const note = isOpened
      ? 'Asked the browser of this machine to open it.'
      : 'No browser could be started on this machine.'
    show(authorizeUrl, { isQr: false, note })
    return { detail: isOpened ? 'handed to the browser' : 'shown as a link', callback: null }
  },
}
