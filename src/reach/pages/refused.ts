// The pages of the listener for whoever gets no result.
import type { RefusalCode } from '../../run/recording.ts'
import type { Page } from './message.ts'

/** For one who asks with no state of ours. */
export const unknownLink: Page = {
  tone: 'neutral',
  title: 'Nothing to see here',
  text: 'This link has expired or was already used.',
}

/** For one who comes with a state again. */
export const usedLink: Page = {
  tone: 'neutral',
  title: 'Already used',
  text: 'This link was already used. Each link works once.',
}

/** For a phone that waits for a result when the run ends without one. */
export const stopped: Page = {
  tone: 'neutral',
  title: 'Stopped',
  text: 'The check was stopped before it had a result.',
}

/** What the phone of the callback is told when the gateway sent it here in a way that is not accepted. */
const refusalTexts: Partial<Record<RefusalCode, string>> = {
  wrong_host: 'The response arrived under another host name than the one that was registered.',
  wrong_path: 'The response arrived at another path than the one that was registered.',
  wrong_method: 'The gateway sent its response as a form (POST). nv accepts it in the address only.',
}

/** Says what happened to one who has our state; to anyone else there is nothing here. */
export function refusalPage(code: RefusalCode, hasOurState: boolean): Page {
  const text = hasOurState ? refusalTexts[code] : undefined
  return text === undefined
    ? { tone: 'neutral', title: 'Not found', text: 'There is nothing at this address.' }
    : { tone: 'bad', title: 'Not accepted', text: `${text} The terminal says more.` }
}
