// What is said of a file that is named and not there.
import { UsageError } from '../errors.ts'
import { escapeText } from '../wire/escape.ts'

/** Makes the error for a path that leads to no file; the cause says who named it. */
export function missingFile(path: string, cause: string, fix = ''): UsageError {
  return new UsageError({
    code: 'file_missing',
    title: `There is no file ${escapeText(path)}`,
    cause,
    fix: `Check the path; a relative one starts at the working folder.${fix}`,
  })
}
