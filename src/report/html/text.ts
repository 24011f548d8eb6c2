// Text of others in a page: inert, and in lines.
import { escapeHtml, escapeText } from '../../wire/escape.ts'

/** Shows text on one line of content or in an attribute. */
export function show(text: string, maxLength = 600): string {
  return escapeHtml(escapeText(text, maxLength))
}

/** Shows text with its line breaks, for an element that keeps them. */
export function showLines(text: string, maxLength = 100_000): string {
  return text
    .split(/\r?\n/)
    .map((line) => show(line, maxLength))
    .join('\n')
}

/** Shows a web address as a link; anything else stays text. */
export function showLink(address: string): string {
  const isWeb = /^https?:\/\//.test(address) && URL.canParse(address)
  return isWeb
    ? `<a href="${show(address, 2000)}" rel="noreferrer noopener">${show(address)}</a>`
    : show(address)
}

/** Makes a section with a heading; an empty one is left out. */
export function section(title: string, content: string, id: string): string {
  return content === '' ? '' : `<section id="${id}"><h2>${title}</h2>${content}</section>`
}
