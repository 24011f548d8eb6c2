// The operator's consent page: who asks, for what, about which number.
import { maskPhoneNumber } from '../../camara/phone-number.ts'
import type { Line } from '../operator/lines.ts'
import type { Reply } from '../response.ts'
import { replyPage, show } from './page.ts'

/** Renders the page that asks the user of a line. */
export function renderConsentPage(
  journey: string,
  line: Line,
  { apiConsumer, scope }: { apiConsumer: string; scope: string },
): Reply {
  const isShared = /device-phone-number:read|share-read/.test(scope)
  const body = `<p class="lead">${
    isShared
      ? 'It will see the whole number of this phone.'
      : 'It will only learn whether the number that you gave it is this one.'
  }</p>
<dl>
<div><dt>App</dt><dd><b>${show(apiConsumer, 100)}</b></dd></div>
<div><dt>Purpose</dt><dd>${show(describePurpose(scope), 100)}</dd></div>
<div><dt>Your number</dt><dd class="number">${show(maskPhoneNumber(line.phoneNumber))}</dd></div>
</dl>
<form method="post" action="decision">
<input type="hidden" name="journey" value="${show(journey)}">
<div class="actions">
<button class="button" name="decision" value="allow">Allow</button>
<button class="button quiet" name="decision" value="refuse">Not now</button>
</div>
</form>`
  return replyPage({
    title: isShared ? 'May an app read your number?' : 'May an app check your number?',
    brand: line.operator,
    body,
    detail: 'page, consent',
  })
}

/** Puts `dpv:FraudPreventionAndDetection#…` into words. */
function describePurpose(scope: string): string {
  const name = /dpv:([A-Za-z]+)/.exec(scope)?.[1] ?? ''
  const words = name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
  return words === '' ? 'Not stated' : words[0]?.toUpperCase() + words.slice(1)
}
