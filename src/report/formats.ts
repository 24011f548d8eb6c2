// The formats of a report, by name and by the ending of a file; apart from the reports, which are loaded when they are made.

/** As in `--format html`. */
export const reportFormats = ['html', 'md', 'json', 'har', 'curl'] as const
export type ReportFormat = (typeof reportFormats)[number]

const endings: Readonly<Record<string, ReportFormat>> = {
  html: 'html',
  htm: 'html',
  md: 'md',
  json: 'json',
  har: 'har',
  sh: 'curl',
}

/** Tells the format of a file by the end of its name; null when it says none. */
export function formatOf(path: string): ReportFormat | null {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  return endings[ending] ?? null
}
