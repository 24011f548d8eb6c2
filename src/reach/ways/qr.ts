// The way by camera: the URL as a QR code.
import type { Way } from '../way.ts'

export const qr: Way = {
  summary: 'show a QR code and a link for a phone on mobile data',
  opener: 'person',
  listens: 'required',
  probe: ({ err }) => Promise.resolve(err.isTerminal ? null : 'a terminal to draw the code on'),
  bring: (authorizeUrl, { show, shortLink }) => {
    show(shortLink ?? authorizeUrl, { isQr: true, note: null })
    return Promise.resolve({ detail: 'shown for the phone', callback: null })
  },
}
