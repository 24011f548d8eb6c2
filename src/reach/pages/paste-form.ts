// The form that takes the address the phone ended on, on the page for the phone and on the one beside the terminal.
import { type Html, show } from '../../pages/frame.ts'
import { maxPastedLength } from '../inlets/pasted-texts.ts'

export interface PasteForm {
  action: string
  label: Html
  /** What an address looks like; left out: the label says enough. */
  placeholder?: string
  /** Why what was pasted was not accepted; null: nothing was. */
  problem: string | null
}

/** Renders the form. */
export function renderPasteForm({ action, label, placeholder, problem }: PasteForm): Html {
  const example = placeholder === undefined ? '' : ` placeholder="${show(placeholder)}"`
  const refused = problem === null ? '' : ' aria-invalid="true" aria-describedby="problem" autofocus'
  const why = problem === null ? '' : `<p class="alert" id="problem" role="alert">${show(problem, 600)}</p>\n`
  return `<form method="post" action="${show(action)}">
<label for="address">${label}</label>
<textarea id="address" name="address" rows="3" required maxlength="${maxPastedLength}" autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="url"${example}${refused}></textarea>
${why}<div class="after"><button class="button quiet">Send the address</button></div>
</form>`
}
