// The options that all commands share.
import type { Command } from 'commander'

/** As commander gives them: what was not given is absent, `color` and `input` are true. */
export interface GlobalOptions {
  profile?: string
  json?: boolean
  quiet?: boolean
  verbose?: boolean
  color: boolean
  input: boolean
  timeout?: string
}

/** Declares the shared options on the program. */
export function addGlobalOptions(program: Command): Command {
  return program
    .optionsGroup('Common options:')
    .option('-p, --profile <name>', 'the profile to use')
    .option('--timeout <duration>', 'limit the whole run, as in 8s or 2m')
    .optionsGroup('Output:')
    .option('--json', 'print the result as one JSON object')
    .option('-q, --quiet', 'print only the result, prompts, warnings and errors')
    .option('-v, --verbose', 'show every request and response, without secrets')
    .option('--no-color', 'print without colours')
    .option('--no-input', 'never ask for anything')
}
