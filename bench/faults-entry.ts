// What bench/faults.mjs runs of the matrix.
export { runCell } from '../test/support/matrix/cell.ts'
export { hopNames } from '../test/support/matrix/hop-names.ts'
export { canRun, cells, prepareCertificates, themes } from '../test/support/matrix/matrix.ts'
