// The journey of `nv verify`: is this the number of the line that the phone uses?
import { buildVerifyRequest, readVerifyAnswer } from '../camara/api.ts'
import type { Context } from '../context.ts'
import { FlowError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { callApi } from './api-call.ts'
import type { Granted, Journey, JourneyInput } from './journey.ts'
import type { Emit } from './recorder.ts'
import { runJourney } from './run-journey.ts'

export interface VerifyInput extends JourneyInput {
  phoneNumber: string
  isHashed: boolean
}

/** Runs the flow. Whatever stops it ends up in the Run; only a bug is thrown. */
export function verify(context: Context, input: VerifyInput, emit: Emit): Promise<Run> {
  return runJourney(context, 'verify', input, emit, (journey, granted) => compare(journey, granted, input))
}

/** Asks the API whether the number is that of the token's line. */
function compare(
  journey: Journey,
  granted: Granted,
  { phoneNumber, isHashed }: VerifyInput,
): Promise<'verified' | 'mismatch'> {
  const { gateway } = granted
  const { host } = new URL(gateway.apiUrl)
  return journey.recorder.step('api', `Asking ${host} about the number`, async () => {
    const request = await buildVerifyRequest({ ...gateway, phoneNumber, isHashed })
    const { status, text } = await callApi(journey, granted, request)
    const answer = readVerifyAnswer(status, text)
    if (typeof answer === 'object')
      throw new FlowError('api_unreadable', { host, status, found: answer.undetermined })
    return { value: answer, detail: `devicePhoneNumberVerified is ${answer === 'verified'}` }
  })
}
