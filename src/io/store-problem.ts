// What can be wrong with a stored file, in words. No text here ever quotes what a file holds.
import { errorCode } from './error-code.ts'
import { SetupError } from '../errors.ts'
import { shellQuote } from '../wire/escape.ts'

/** The variable that names the folder of profiles and secrets. */
export const configVariable = 'NV_CONFIG_DIR'

const reasons: Record<string, string> = {
  EACCES: "This user doesn't have permission",
  EPERM: "This user doesn't have permission",
  EROFS: 'The file system is read-only',
  ENOSPC: 'The disk is full',
  EDQUOT: 'The disk quota is used up',
  EFBIG: 'The file would be larger than this process may write',
  EMFILE: 'This process has too many files open',
  ENOTDIR: 'A part of the path is not a folder',
  ELOOP: 'There is a symbolic link where nv expects a file of its own',
}

/** Says in words why the system refused a file operation, with its code. */
export function describeRefusal(code: string): string {
  return `${reasons[code] ?? 'The system refused it'} (${code}).`
}

/** Builds the error for a file operation that the system refused; leaves any other error as it is. */
export function fileProblem(
  error: unknown,
  action: 'read' | 'write',
  path: string,
  variable: string = configVariable,
): unknown {
  const code = errorCode(error)
  if (code === '') return error
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)
  return new SetupError(
    {
      code: action === 'read' ? 'store_unreadable' : 'store_not_writable',
      title: `Can't ${action} ${path}`,
      cause: describeRefusal(code),
      fix:
        action === 'read'
          ? `Give this user access to it, or name another folder in ${variable}.`
          : `What was stored before is unchanged. ${isFull ? 'Make room' : 'Make the folder writable'}, or name another folder in ${variable}.`,
    },
    { cause: error },
  )
}

/** Builds the error for a file or folder that isn't what we would have made, so that we don't touch it. */
export function refusal(path: string, cause: string, fix: string): SetupError {
  return new SetupError({ code: 'store_refused', title: `Not used, for safety: ${path}`, cause, fix })
}

/**
 * Builds the error for a file whose content can't be understood. The file stays as it is. `consequence` tells
 * what moving it away does.
 */
export function damage(path: string, where: string, consequence?: string): SetupError {
  return new SetupError({
    code: 'store_damaged',
    title: `The file is damaged: ${path}`,
    cause: `${where} The file is kept as it is; nothing is written to it.`,
    fix: `Fix it in an editor, or move it away${consequence ? ` (${consequence})` : ''}: mv ${shellQuote(path)} ${shellQuote(`${path}.damaged`)}`,
  })
}

/** Describes where JSON breaks off by its position alone: the parser's own message quotes the text. */
export function describeSyntaxError(error: unknown): string {
  const position = /at position (\d+)/.exec(String(error))?.[1]
  return position === undefined
    ? 'Its JSON is incomplete.'
    : `It is not valid JSON from character ${position} on.`
}
