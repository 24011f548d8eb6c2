// The journey of `nv number`: which line is the phone, or the SIM of the operator token, on?
import { buildNumberRequest, readNumberAnswer } from '../camara/api.ts'
import type { Context } from '../context.ts'
import { FlowError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { callApi } from './api-call.ts'
import type { Granted, Journey, JourneyInput } from './journey.ts'
import type { Emit } from './recorder.ts'
import { runJourney } from './run-journey.ts'

/** Runs the flow. Whatever stops it ends up in the Run, as does the number; only a bug is thrown. */
export function number(context: Context, input: JourneyInput, emit: Emit): Promise<Run> {
  return runJourney(context, 'number', input, emit, identify)
}

/** Asks the API for the number of the token's line. */
function identify(journey: Journey, granted: Granted): Promise<'identified'> {
  const { recorder, subject } = journey
  const { gateway } = granted
  const { host } = new URL(gateway.apiUrl)
  return recorder.step('api', `Asking ${host} for the number`, async () => {
    const { status, text } = await callApi(journey, granted, buildNumberRequest(gateway))
    const answer = readNumberAnswer(status, text)
    if ('undetermined' in answer)
      throw new FlowError('api_unreadable', { host, status, found: answer.undetermined, command: 'number' })
    subject.phoneNumber = answer.phoneNumber
    return { value: 'identified', detail: `devicePhoneNumber is ${answer.phoneNumber}` }
  })
}
