// QR codes as pictures: for a page, and as a file that is SVG or PNG.
import { encode } from 'uqr'

/** Light modules around the code, without which cameras don't find it on a dark ground. */
const border = 4

/** Gives the rows of a QR code with a light border, true for dark; null when the text is too long for any. */
export function encodeQrCode(text: string, lightBorder: number): boolean[][] | null {
  try {
    return encode(text, { border: lightBorder }).data
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && /too long/i.test(error.message)))
      return null
    throw error
  }
}

/** Draws a QR code as SVG, black on white; null when the text is too long for one. */
export function drawQrSvg(text: string): string | null {
  const modules = encodeQrCode(text, border)
  if (modules === null) return null
  const size = modules.length
  const path = modules.flatMap((row, y) => {
    const bars = row
      .map((isDark) => (isDark ? '#' : ' '))
      .join('')
      .matchAll(/#+/g)
    return [...bars].map(({ 0: bar, index }) => `M${index} ${y}h${bar.length}v1h-${bar.length}z`)
  })
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code" ` +
    `shape-rendering="crispEdges"><rect width="${size}" height="${size}" fill="#fff" stroke="none"/>` +
    `<path d="${path.join('')}" fill="#000" stroke="none"/></svg>`
  )
}

/** How many pixels wide a module of a picture is: enough to be printed, or to be scaled down by a chat. */
const scale = 10

/** Draws a QR code as PNG; null when the text is too long for one. */
export async function drawQrPng(text: string): Promise<Uint8Array | null> {
  const modules = encodeQrCode(text, border)
  if (modules === null) return null
  const size = modules.length * scale
  const data = new Uint8Array(size * size)
  for (const [y, row] of modules.entries())
    for (const [x, isDark] of row.entries())
      if (!isDark)
        for (let line = 0; line < scale; line++) {
          const start = (y * scale + line) * size + x * scale
          data.fill(255, start, start + scale)
        }
  const { encode: encodePng } = await import('fast-png')
  return encodePng({ width: size, height: size, data, channels: 1, depth: 8 })
}
