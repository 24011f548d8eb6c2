// The way by camera: the URL as a QR code.
import type { Way } from './way.ts'

export const qr: Way = {
  listens: 'required',
  bring: async (authorizeUrl, { show }) => {
    show(authorizeUrl, { isQr: true, note: null })
    return { detail: 'shown for the phone', callback: null }
  },
}
