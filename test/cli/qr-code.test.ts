// The QR code on a terminal: what is drawn is what a camera reads.
import jsqr from 'jsqr'
import { describe, expect, test } from 'vitest'
import { describeMissingSpace, drawQrCode } from '../../src/cli/qr-code.ts'
import { createTestContext } from '../support/context.ts'

const authorizeUrl = `https://gateway.example/apigateway/authorize?response_type=code&client_id=my-app&scope=${encodeURIComponent(
  'openid dpv:FraudPreventionAndDetection#number-verification-verify-read',
)}&redirect_uri=${encodeURIComponent('https://app.example/callback')}&state=${'s'.repeat(43)}&login_hint=tel%3A%2B34600000001&code_challenge=${'c'.repeat(43)}&code_challenge_method=S256`

/** The package is CommonJS, and what its types call default is the module itself. */
const readQrCode = jsqr as unknown as typeof jsqr.default

type Rgb = readonly [number, number, number]
const white: Rgb = [255, 255, 255]
const black: Rgb = [0, 0, 0]

interface Terminal {
  foreground: Rgb
  background: Rgb
}

/** Paints characters as a terminal does, two modules a character, and reads the picture. */
function scan(text: string, terminal: Terminal): string | undefined {
  const lines = text.trimEnd().split('\n')
  const scale = 3
  const rows: Rgb[][] = lines.flatMap((line) => paintLine(line, terminal))
  // The picture goes on around the code as the terminal's background.
  const margin = 4
  const width = Math.max(...rows.map((row) => row.length)) + 2 * margin
  const height = rows.length + 2 * margin
  const data = new Uint8ClampedArray(width * scale * height * scale * 4)
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      const color =
        rows[Math.floor(y / scale) - margin]?.[Math.floor(x / scale) - margin] ?? terminal.background
      data.set([...color, 255], (y * width * scale + x) * 4)
    }
  }
  return readQrCode(data, width * scale, height * scale)?.data
}

function paintLine(line: string, terminal: Terminal): [upper: Rgb[], lower: Rgb[]] {
  // oxlint-disable-next-line no-control-regex
  const colored = /^\u001b\[97;40m(.*)\u001b\[0m$/.exec(line)
  const { foreground, background } = colored ? { foreground: white, background: black } : terminal
  const paint = (full: string) =>
    [...(colored?.[1] ?? line)].map((c) => (c === '█' || c === full ? foreground : background))
  return [paint('▀'), paint('▄')]
}

const dark: Terminal = { foreground: [204, 204, 204], background: [30, 30, 30] }
const light: Terminal = { foreground: [40, 40, 40], background: [250, 250, 250] }

describe('a real authorize URL scans', () => {
  test.each([
    ['in colour on a dark terminal', true, dark],
    ['in colour on a light terminal', true, light],
    ['without colour on a dark terminal', false, dark],
  ])('%s', (_, hasColor, terminal) => {
    expect(scan(drawQrCode(authorizeUrl, hasColor)?.text ?? '', terminal)).toBe(authorizeUrl)
  })

  test('and its characters fit in 80 columns', () => {
    expect(drawQrCode(authorizeUrl, true)?.columns).toBeLessThanOrEqual(80)
  })
})

test('what the terminal lacks is said in numbers', () => {
  const { context } = createTestContext({ columns: 80, rows: 24 })
  const qrCode = drawQrCode(authorizeUrl, true)
  if (!qrCode) throw new Error('nothing was drawn')
  expect(describeMissingSpace(qrCode, authorizeUrl, context.err)).toMatch(
    /needs \d+ columns and \d+ rows; the terminal has 80 and 24/,
  )
  expect(describeMissingSpace(qrCode, authorizeUrl, { ...context.err, columns: 120, rows: 60 })).toBe('')
})

test('a text that no QR code can hold is not drawn', () => {
  expect(drawQrCode('x'.repeat(3000), true)).toBeNull()
})
