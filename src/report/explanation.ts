// What `nv explain` prints: one finding, or the list of them.
import type { Explanation } from '../diagnosis/explain.ts'
import { hang, findingReport, type Style } from './human.ts'

const labels = { error: 'error', warning: 'warning', info: 'note' } as const

/** Prints one explanation with its code. */
export function explanationReport(explanation: Explanation, style: Style, columns: number): string {
  const { code, theme, severity } = explanation
  return `${style.bold(code)}  ${style.dim(theme)}\n${findingReport(labels[severity], explanation, style, columns)}`
}

/** Lists the codes with their titles, by theme. */
export function explanationList(
  explanations: readonly Explanation[],
  style: Style,
  out: { isTerminal: boolean; columns: number },
): string {
  const width = Math.max(...explanations.map(({ code }) => code.length))
  return byTheme(explanations)
    .map(([theme, ofTheme]) => {
      const rows = ofTheme.map(({ code, title }) => `${hang(`  ${code.padEnd(width)}  `, title, out)}\n`)
      return `${style.bold(theme)}\n${rows.join('')}`
    })
    .join('\n')
}

/** Writes all of them as a page of Markdown. */
export function explanationPage(explanations: readonly Explanation[]): string {
  const sections = byTheme(explanations).map(([theme, ofTheme]) => {
    const entries = ofTheme.map(({ code, severity, title, cause, fix, reference }) =>
      [
        `### ${code}`,
        `**${escape(title)}** (${severity})`,
        `Why: ${escape(cause)}`,
        `What to do: ${escape(fix)}`,
        ...(reference === null ? [] : [`See <${reference}>`]),
      ].join('\n\n'),
    )
    return [`## ${theme}`, ...entries].join('\n\n')
  })
  return `${sections.join('\n\n')}\n`
}

function byTheme(explanations: readonly Explanation[]): Array<[theme: string, of: Explanation[]]> {
  const themes = new Map<string, Explanation[]>()
  for (const explanation of explanations)
    themes.set(explanation.theme, [...(themes.get(explanation.theme) ?? []), explanation])
  return [...themes]
}

function escape(text: string): string {
  return text.replace(/[\\`*<[\]]/g, (character) => `\\${character}`).replaceAll('\n', ' ')
}
