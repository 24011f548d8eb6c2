// Reads a text as a web address, in the parts that a lint looks at.
import { unwrapPasted } from '../oauth/callback.ts'

export interface WebAddress {
  url: URL
  /** What stands before the query, without user name and password. */
  base: string
  /** As it stands, without the ?. */
  query: string
  /** As it stands, without the #; null: there is none. */
  fragment: string | null
}

/** Nothing longer is an address. */
const maxLength = 20_000

/** Reads a whole address, in quotes or as in a mail or HTML; null if it isn't one. */
export function readWebAddress(text: string): WebAddress | null {
  if (text.length > maxLength) return null
  // A Postman variable as the base says nothing about the rest.
  const address = unwrapPasted(text).replace(/^\{\{([\w-]{1,60})\}\}(?=\/)/, 'https://$1')
  if (!/^[a-z][a-z\d+.-]*:/i.test(address) || !URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:' && !/^[a-z][a-z\d+.-]*:\/\//i.test(address))
    return null
  const hash = address.indexOf('#')
  const before = hash < 0 ? address : address.slice(0, hash)
  const mark = before.indexOf('?')
  const base = (mark < 0 ? before : before.slice(0, mark)).replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, '$1')
  return {
    url,
    base,
    query: mark < 0 ? '' : before.slice(mark + 1),
    fragment: hash < 0 ? null : address.slice(hash + 1),
  }
}
