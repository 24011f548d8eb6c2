// Says what a profile command changed.
import type { Context } from '../../context.ts'
import type { SecretPlace } from '../../settings/store.ts'
import { hang } from '../../report/human.ts'
import { escapeText, toInertJson } from '../../wire/escape.ts'
import type { GlobalOptions } from '../options.ts'

export interface ProfileChange {
  action: 'added' | 'changed' | 'removed' | 'renamed' | 'made the default'
  profile: string
  isDefault?: boolean
  /** Where its secrets were written, or were left; null if there were none. */
  secrets?: SecretPlace | null
}

/** Prints a change on stdout, as its sentence or as one JSON object. */
export function announce(
  { out }: Pick<Context, 'out'>,
  options: GlobalOptions,
  change: ProfileChange,
  sentence: string,
): void {
  out.write(
    options.json
      ? `${toInertJson({ schema: 'nv.profile-change/1', ...change, secrets: change.secrets ?? null })}\n`
      : `${hang('', escapeText(sentence, 2000), out)}\n`,
  )
}

/** Names the place of the secrets, and why it is that one. */
export function describePlace({ place, reason }: SecretPlace): string {
  return reason ? `${place}, since ${reason}` : place
}
