// The options of a command that runs a journey, as commander gives them.
import type { SimGrant } from '../oauth/grants.ts'
import type { wayNames } from '../reach/ways.ts'
import type { HandsetFlags } from './handset-options.ts'
import type { ListenOptions } from './listen-options.ts'
import type { GlobalOptions } from './options.ts'
import type { KeepOptions } from './runs/keep.ts'
import type { PageOptions } from './page-options.ts'
import type { SourceOptions } from './source-options.ts'

export interface JourneyOptions
  extends GlobalOptions, SourceOptions, HandsetFlags, ListenOptions, PageOptions, KeepOptions {
  via: (typeof wayNames)[number] | 'list'
  state?: string
  operatorToken?: string
  grant?: SimGrant
  probe?: boolean
  keep?: boolean
}
