// The way by hand: the user opens the URL anywhere and pastes the address the phone ended on.
import type { Way } from '../way.ts'

export const paste: Way = {
  summary: 'show a link, and take the address that the phone ended on',
  opener: 'person',
  listens: 'optional',
  probe: () => Promise.resolve(null),
  bring: (authorizeUrl, { show, shortLink }) => {
    show(shortLink ?? authorizeUrl, { isQr: false, note: null })
    return Promise.resolve({ detail: 'shown as a link', callback: null })
  },
}
