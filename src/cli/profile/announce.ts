// Says what a profile command changed.
import type { Context } from '../../context.ts'
import type { SecretPlace } from '../../profile/store.ts'
import { toInertJson } from '../../run/escape.ts'
import type { GlobalOptions } from '../options.ts'

export interface ProfileChange {
  action: 'added' | 'changed' | 'removed' | 'renamed' | 'made the default'
  profile: string
  isDefault?: boolean
  /** Where its secrets were written; null: none were. */
  secrets?: SecretPlace | null
}

/** Prints a change on stdout, as its sentence or as one JSON object, and on stderr what the stores had to mend. */
export async function announce(
  context: Context,
  options: GlobalOptions,
  change: ProfileChange,
  sentence: string,
): Promise<void> {
  const { out, err } = context
  out.write(
    `${options.json ? toInertJson({ schema: 'nv.profile-change/1', ...change, secrets: change.secrets ?? null }) : sentence}\n`,
  )
  for (const warning of (await context.openStore()).warnings()) err.write(`${warning}\n`)
}

/** Names the place of the secrets, and why it is that one. */
export function describePlace({ place, reason }: SecretPlace): string {
  return reason ? `${place}, since ${reason}` : place
}
