// What a person reads in HTML and XML: their texts, without tags, scripts and entities.

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  bull: '•',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  euro: '€',
}

/** Those of Latin-1 from U+00A1 on, of which pages in languages other than English are full. */
const latinEntities =
  'iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'.split(
    ' ',
  )

function decodeName(name: string): string | null {
  const index = latinEntities.indexOf(name)
  return entities[name.toLowerCase()] ?? (index < 0 ? null : String.fromCodePoint(0xa1 + index))
}

/** Decodes the entities of HTML and XML that texts use. */
function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}[1-4]{0,2}));/gi,
    (all, decimal: string, hex: string, name: string) => {
      if (name) return decodeName(name) ?? all
      const point = decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16)
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : all
    },
  )
}

/** Gives what a person reads on a page or in a piece of XML, with its white space collapsed. */
export function visibleText(html: string): string {
  const withoutHidden = html
    .replace(/<!--[^]*?(?:-->|$)/g, ' ')
    .replace(/<(script|style|head|title|noscript|svg|template)\b[^]*?(?:<\/\1\s*>|$)/gi, ' ')
  return collapse(decodeEntities(withoutHidden.replace(/<[^>]*(?:>|$)/g, ' ')))
}

/** Gives the text of the first element of that name; null when it has none. */
export function textOfElement(markup: string, name: string): string | null {
  const match = new RegExp(`<(?:[\\w-]{1,40}:)?${name}\\b[^>]*>([^<]{0,2000})`, 'i').exec(markup)
  const text = match === null ? '' : collapse(decodeEntities(match[1] ?? ''))
  return text === '' ? null : text
}

/** Gives the first sentence of a text, or its beginning; null when it is empty. */
export function firstSentence(text: string, maxLength = 160): string | null {
  const beginning = text.slice(0, 1000)
  const sentence = /^[^]*?[.!?](?=\s|$)/.exec(beginning)?.[0] ?? beginning
  const chosen = sentence.length < 12 ? beginning : sentence
  if (chosen.trim() === '') return null
  return chosen.length > maxLength ? `${chosen.slice(0, maxLength).trimEnd()}…` : chosen.trim()
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
