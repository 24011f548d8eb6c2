// What bench/fuzz-simulator.mjs makes its requests of.
export { createRandom, makeJson, makeText } from '../test/support/hostile-generator.ts'
