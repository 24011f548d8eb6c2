// The composition root: runs the program with the Context of this process.
import { runProgram } from './cli/program.ts'
import { runProcess } from './io/run-process.ts'

await runProcess(runProgram)
