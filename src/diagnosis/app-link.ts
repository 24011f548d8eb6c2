// Names what opens when a phone is sent to an address that is not a page: a store, or an app.

const stores: ReadonlyArray<[name: string, address: RegExp]> = [
  ['Google Play', /^(https?:\/\/play\.google\.com\/store\/|market:)/i],
  ['the App Store', /^(https?:\/\/(apps|itunes)\.apple\.com\/|itms(-apps|-appss|s)?:)/i],
  ['AppGallery', /^(https?:\/\/appgallery\.huawei\.com\/|appmarket:)/i],
  ['Galaxy Store', /^(https?:\/\/(galaxystore|apps)\.samsung\.com\/|samsungapps:)/i],
]

/** Schemes that a browser opens itself, or that nothing opens. */
const ofBrowsers = new Set(['http:', 'https:', 'about:', 'data:', 'blob:', 'file:', 'javascript:', 'urn:'])

/** Names the store or the app that an address opens; null when it opens neither. */
export function appAt(address: string): string | null {
  const store = stores.find(([, pattern]) => pattern.test(address))
  if (store !== undefined) return store[0]
  const scheme = /^([a-z][a-z0-9+.-]{0,60}):/i.exec(address)?.[1]?.toLowerCase()
  if (scheme === undefined || ofBrowsers.has(`${scheme}:`)) return null
  const named = /[#;]package=([\w.]{1,100})/.exec(address)?.[1]
  return named === undefined ? `an app (${scheme}:)` : `the app ${named}`
}
