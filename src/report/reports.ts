// The reports of a Run, by format.
import type { Run } from '../run/run.ts'
import { curlReport } from './curl.ts'
import { harReport } from './har.ts'
import { htmlReport } from './html.ts'
import { jsonReport } from './json.ts'
import { junitReport, suiteOfRun } from './junit.ts'
import { markdownReport } from './markdown.ts'
import { postmanCollection, postmanEnvironment } from './postman.ts'
import type { ReportFormat } from './formats.ts'

/** Prints a run; whoever calls decides whether its phone number is masked. */
export const reports: Readonly<Record<ReportFormat, (run: Run) => string>> = {
  html: htmlReport,
  md: markdownReport,
  json: jsonReport,
  har: harReport,
  curl: curlReport,
  postman: postmanCollection,
  'postman-environment': postmanEnvironment,
  junit: (run) => junitReport(`nv ${run.command}`, [suiteOfRun(run)]),
}
