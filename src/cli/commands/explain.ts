// `nv explain`: what a finding means, by its code, or the list of all of them.
import type { Context } from '../../context.ts'
import { codeNames, explainAll, explainCode } from '../../diagnosis/explain.ts'
import { exitCodes, type ExitCode, UsageError } from '../../errors.ts'
import { explanationList, explanationReport } from '../../report/explanation.ts'
import { suggest } from '../../wire/similar.ts'
import { toInertJson } from '../../wire/escape.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import type { Configure } from '../command.ts'
import { createStyle } from '../style.ts'

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  addHelp(command, page)
    .argument('[code]', 'the code of a finding, as in invalid_grant')
    .action((code: string | undefined) => {
      finish(explain(context, code, command.optsWithGlobals<GlobalOptions>()))
    })
}

const page: HelpPage = {
  examples: ['nv explain', 'nv explain invalid_grant', 'nv explain invalid_grant --json'],
}

function explain(context: Context, code: string | undefined, options: GlobalOptions): ExitCode {
  const { out } = context
  const style = createStyle(context, out, options.color)
  if (code === undefined) {
    const all = explainAll()
    out.write(
      options.json
        ? `${toInertJson({ schema: 'nv.explanations/1', explanations: all })}\n`
        : explanationList(all, style, out),
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
  const title = `Unknown finding ${JSON.stringify(code.slice(0, 80))}`
  if (/^[1-5]\d\d$/.test(code))
    return new UsageError({
      code: 'unknown_code',
      title,
      cause: 'It is an HTTP status, which alone can mean many things.',
      fix: 'Inspect the whole response: curl -i … | nv inspect\nSee all codes: nv explain',
    })
  const near = suggest(code, codeNames())
  return new UsageError({
    code: 'unknown_code',
    title,
    cause: 'No finding has this code.',
    fix: near === null ? 'See all codes: nv explain' : `${near}; see all codes: nv explain`,
  })
}
