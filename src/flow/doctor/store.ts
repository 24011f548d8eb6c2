// Where profiles and secrets are kept, and who else can read them. Checked before nv itself reads and repairs them.
import { capitalize } from '../../wire/text.ts'
import { dirname, join } from 'node:path'
import type { Context, FileFacts } from '../../context.ts'
import { type Check, failed, note, ok, problem } from './check.ts'

const limits = { folder: '700', file: '600' } as const

/** Looks at the folder and its files. */
export async function checkFolders({ files, openStore }: Context): Promise<Check[]> {
  let path: string
  let facts: FileFacts | null
  try {
    const { profiles } = await openStore()
    path = profiles.path
    facts = await files.look(dirname(path))
    // A folder that this user may not see looks like one that does not exist.
    if (facts === null) await profiles.read()
  } catch (error) {
    return [failed('config-folder', error, "nv can't use saved profiles")]
  }
  const folder = dirname(path)
  if (facts === null)
    return [
      ok(
        'config-folder',
        `${folder} does not exist yet`,
        'nv creates it with the first profile, readable only by you',
      ),
    ]
  const secrets = join(folder, 'secrets.json')
  return [
    checkMode('config-folder', folder, facts, 'what is in it'),
    ...(await Promise.all(
      [
        { name: 'profiles.json', path, holds: 'your client ids and addresses' },
        { name: 'secrets.json', path: secrets, holds: 'your secrets' },
      ].map(async ({ name, path: file, holds }) => {
        const found = await files.look(file)
        return found === null
          ? ok(
              name,
              `${file} does not exist`,
              name === 'secrets.json' ? 'No secret is in a file' : 'You have no profile',
            )
          : checkMode(name, file, found, holds)
      }),
    )),
  ]
}

/** Says of what was loose that nv has tightened it meanwhile, as it does whenever it reads. */
export function compareChecks(before: readonly Check[], after: readonly Check[]): Check[] {
  return before.map((check) => {
    const now = after.find(({ name }) => name === check.name)
    if (check.status === 'ok' || now?.status !== 'ok') return check
    const mode = / has mode (\d{4})$/.exec(now.detail)?.[1]
    return {
      ...check,
      detail: `${check.detail}; nv has just made it ${mode ?? 'private'}`,
      consequence: check.consequence.replace('can', 'could'),
      fix: check.name === 'secrets.json' ? 'Renew the secrets.' : null,
    }
  })
}

function checkMode(name: string, path: string, { kind, mode, owner }: FileFacts, holds: string): Check {
  const isFolder = name === 'config-folder'
  if (kind !== (isFolder ? 'folder' : 'file')) {
    return problem(
      name,
      `${path} is not a ${isFolder ? 'folder' : 'regular file'}`,
      'nv does not use it',
      'Move it away.',
    )
  }
  if (owner !== null && owner !== 'user') {
    return problem(
      name,
      `${path} belongs to ${owner === 'root' ? 'root' : 'another user'}`,
      'nv does not use it',
      isFolder
        ? 'Take it over with chown, or name another folder in NV_CONFIG_DIR.'
        : 'Take it over with chown.',
    )
  }
  if (mode === null) return ok(name, path, `It holds ${holds}`)
  const shown = mode.toString(8).padStart(4, '0')
  const fix = `chmod ${isFolder ? limits.folder : limits.file} ${quote(path)}`
  // A file is replaced whole, and never written: it has to be readable only.
  const needed = isFolder ? 0o700 : 0o400
  if ((mode & needed) !== needed)
    return problem(name, `${path} has mode ${shown}`, 'Neither you nor nv can use it', fix)
  if ((mode & 0o077) === 0) return ok(name, `${path} has mode ${shown}`, `Only you can read ${holds}`)
  const isWritable = (mode & 0o022) !== 0
  const found = `${path} has mode ${shown}`
  if (isWritable) {
    return problem(
      name,
      found,
      isFolder ? 'Others can put their own files there' : 'Others can change where your requests go',
      fix,
    )
  }
  return name === 'secrets.json'
    ? problem(name, found, 'Others on this machine can read your secrets', `${fix}, and renew the secrets.`)
    : note(name, found, `Others on this machine can see ${holds}`, fix)
}

/** Says where a secret would be kept now. */
export async function checkSecretPlace({ env, openStore }: Context): Promise<Check> {
  try {
    const { kind, place, reason } = await (await openStore()).secrets.describe()
    if (kind === 'keychain') return ok('keychain', `${place} answers`, 'Secrets are kept there')
    return reason === undefined
      ? ok(
          'keychain',
          env['NV_SECRET_STORE'] ? 'NV_SECRET_STORE is file' : 'No keychain is used',
          `Secrets are kept in ${place}`,
        )
      : note('keychain', capitalize(reason), `Secrets are kept in ${place}`)
  } catch (error) {
    return failed('keychain', error, 'No secret can be saved')
  }
}

/** Quotes a path for a shell, where it needs it. */
function quote(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
