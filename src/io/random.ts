// Random bytes of the system, drawn a few thousand at a time: asking for each few costs more than making them.
import type { Context } from '../context.ts'

const drawnBytes = 4096

/** Creates a source of random bytes, none of which is given out twice or kept. */
export function createRandom(): Context['random'] {
  let drawn = new Uint8Array(0)
  return (byteCount) => {
    if (byteCount > drawnBytes) throw new RangeError(`${byteCount} bytes are more than are drawn at a time`)
    if (byteCount > drawn.length) drawn = crypto.getRandomValues(new Uint8Array(drawnBytes))
    const taken = drawn.slice(0, byteCount)
    drawn.fill(0, 0, byteCount)
    drawn = drawn.subarray(byteCount)
    return taken
  }
}
