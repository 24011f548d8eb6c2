// The formats of a report, by name and by the ending of a file; apart from the reports, which are loaded when they are made.

/** As in `--format html`. */
export const reportFormats = [
  'html',
  'md',
  'json',
  'har',
  'curl',
  'postman',
  'postman-environment',
  'junit',
] as const
export type ReportFormat = (typeof reportFormats)[number]

/** The endings, the longer ones first. */
const endings: ReadonlyArray<readonly [ending: string, format: ReportFormat]> = [
  ['.postman_collection.json', 'postman'],
  ['.postman_environment.json', 'postman-environment'],
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.md', 'md'],
  ['.json', 'json'],
  ['.har', 'har'],
  ['.sh', 'curl'],
  ['.xml', 'junit'],
]

/** The endings as a person is told of them. */
export const knownEndings =
  '.html, .md, .json, .har, .xml for JUnit, .sh for curl, or .postman_collection.json'

/** Tells the format of a file by the end of its name; null when it says none. */
export function formatOf(path: string): ReportFormat | null {
  const lower = path.toLowerCase()
  return endings.find(([ending]) => lower.endsWith(ending))?.[1] ?? null
}

/** A file that a report is written to. */
export interface ReportFile {
  path: string
  format: ReportFormat
}

/** Lists the files of a report: a collection of Postman has its environment beside it, as Postman itself exports them. */
export function filesOf(path: string, format: ReportFormat): ReportFile[] {
  if (format !== 'postman') return [{ path, format }]
  const name = path.replace(/(?:\.postman_collection)?\.json$/i, '')
  return [
    { path, format },
    { path: `${name}.postman_environment.json`, format: 'postman-environment' },
  ]
}
