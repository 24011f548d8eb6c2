// `nv explain`: what a finding means, by its code, or the list of all of them.
import type { Context } from '../../context.ts'
import { explainAll, explainCode, findSimilar } from '../../diagnosis/explain.ts'
import { exitCodes, type ExitCode, UsageError } from '../../errors.ts'
import { explanationList, explanationReport } from '../../report/explanation.ts'
import { toInertJson } from '../../wire/escape.ts'
import type { GlobalOptions } from '../options.ts'
import type { Configure } from '../command.ts'
import { createStyle } from '../style.ts'

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  command
    .argument('[code]', 'the code of a finding, as in invalid_grant')
    .addHelpText('after', help)
    .action((code: string | undefined) => {
      finish(explain(context, code, command.optsWithGlobals<GlobalOptions>()))
    })
}

const help = `
Examples:
  nv explain
  nv explain invalid_grant
  nv explain invalid_grant --json

Exit codes: 0; 2 unknown code.`

function explain(context: Context, code: string | undefined, options: GlobalOptions): ExitCode {
  const { out } = context
  const style = createStyle(context, out, options.color)
  if (code === undefined) {
    const all = explainAll()
    out.write(
      options.json
        ? `${toInertJson({ schema: 'nv.explanations/1', explanations: all })}\n`
        : explanationList(all, style),
    )
    return exitCodes.ok
  }
  const explanation = explainCode(code)
  if (explanation === null) throw unknownCode(code)
  out.write(
    options.json
      ? `${toInertJson({ schema: 'nv.explanation/1', ...explanation })}\n`
      : explanationReport(explanation, style, out.columns),
  )
  return exitCodes.ok
}

function unknownCode(code: string): UsageError {
  const similar = findSimilar(code)
  return new UsageError({
    code: 'unknown_code',
    title: `Unknown finding ${JSON.stringify(code.slice(0, 80))}`,
    cause: similar.length === 0 ? 'No code is similar.' : `Did you mean ${similar.join(' or ')}?`,
    fix: 'See all codes: nv explain',
  })
}
