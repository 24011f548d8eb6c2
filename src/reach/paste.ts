// The way by hand: the user opens the URL anywhere and pastes the address the phone ended on.
import type { Way } from './way.ts'

export const paste: Way = {
  listens: 'optional',
  bring: async (authorizeUrl, { show }) => {
    show(authorizeUrl, { isQr: false, note: null })
    return { detail: 'shown as a link', callback: null }
  },
}
