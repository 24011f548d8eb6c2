// The schemas of what `nv profile` prints.
import { described, list, mapOf, nullable, object, oneOf, type Schema, text, yesOrNo } from './build.ts'

const secretPlace = object(
  { kind: oneOf('keychain', 'file'), place: text },
  { reason: described('why it is there, where that was not asked for', text) },
)

const settings = described('by the names of nv profile show', mapOf({}))

export const profiles: Schema = object({
  schema: oneOf('nv.profiles/1'),
  profiles: list(
    object({
      name: text,
      preset: nullable(text),
      clientId: nullable(text),
      redirectUri: nullable(text),
      isBuiltIn: yesOrNo,
      source: described("the project's file that it comes from", nullable(text)),
      isDefault: yesOrNo,
    }),
  ),
  file: text,
  secrets: described('where they are kept; null: that place is missing', nullable(secretPlace)),
})

export const profileChange: Schema = object(
  {
    schema: oneOf('nv.profile-change/1'),
    action: oneOf('added', 'changed', 'removed', 'renamed', 'made the default'),
    profile: text,
    secrets: described('where they were written, or are left; null: none were', nullable(secretPlace)),
  },
  { isDefault: described('false: it was the default, and there is none now', yesOrNo) },
)

/** What `nv profile export` prints, and `nv profile import` reads; no secret is in it. */
export const profileExport: Schema = object({
  schema: oneOf('nv.profile/1'),
  name: nullable(text),
  settings,
})

export const configuration: Schema = object({
  schema: oneOf('nv.configuration/1'),
  name: nullable(text),
  settings: mapOf(object({ value: {}, from: described('which source gave it', text) })),
  secrets: list(object({ name: text, isSet: yesOrNo, from: text })),
  missing: list(text),
  ignored: described('the variables that a named profile did not let in', mapOf(text)),
})

export const currentProfile: Schema = object({
  schema: oneOf('nv.current-profile/1'),
  name: text,
  chosenBy: described("--profile, NV_PROFILE, the project's file, or nv profile use", text),
})

export const setting: Schema = object({
  schema: oneOf('nv.setting/1'),
  profile: nullable(text),
  name: text,
  value: described('null: it is not set', {}),
  from: described('which source gave it', nullable(text)),
})
