// A sample of the matrix of hops and faults, in which each of both appears; `npm run bench:faults` runs it whole.
import { describe, expect, it } from 'vitest'
import { runCell } from '../support/matrix/cell.ts'
import { hopNames } from '../support/matrix/hop-names.ts'
import { canRun, faults, prepareCertificates, sampleCells } from '../support/matrix/matrix.ts'

const certificates = await prepareCertificates()
const cells = sampleCells()

describe('whatever is broken, the run ends in time, says where and why, leaks nothing and leaves nothing open', () => {
  for (const [hop, fault] of cells) {
    const named = canRun([hop, fault], certificates) ? it : it.skip
    named(`${hop}: ${fault.name}`, async () => {
      const { complaints } = await runCell(hop, fault, certificates)
      expect(complaints).toEqual([])
    })
  }
})

it('each hop and each fault is in the sample', () => {
  expect(new Set(cells.map(([hop]) => hop))).toEqual(new Set(hopNames))
  expect(new Set(cells.map(([, { name }]) => name)).size).toBe(faults.length)
})
