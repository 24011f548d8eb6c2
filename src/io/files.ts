// Reads the files that a user names.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Files } from '../context.ts'
import { SetupError } from '../errors.ts'

/** Makes the files of a working folder. */
export function createFiles(workingFolder: string): Files {
  return {
    workingFolder,
    read: async (path) => {
      try {
        return await readFile(resolve(workingFolder, path), 'utf8')
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : ''
        if (code === 'ENOENT' || code === 'ENOTDIR') return null
        throw new SetupError(
          {
            code: 'file_not_readable',
            title: `The file ${path} can't be read`,
            cause: code === 'EISDIR' ? 'It is a folder.' : `The system says ${code}.`,
            fix: 'Check the path and its permissions.',
          },
          { cause: error },
        )
      }
    },
  }
}
