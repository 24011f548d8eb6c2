// The journey of `nv verify`: does this phone have that number?
import { buildVerifyRequest, readVerifyAnswer, type VerifyAnswer } from '../camara/api.ts'
import { callApi } from './api-call.ts'
import { getToken } from './get-token.ts'
import type { Journey, JourneyInput } from './journey.ts'
import { probeForm } from './probe-form.ts'
import type { Answer } from './send.ts'
import { isStop } from './stop.ts'

export interface VerifyInput extends JourneyInput {
  phoneNumber: string
}

export const verify: Journey<VerifyInput> = {
  name: 'verify',
  steps: ['authorize', 'callback', 'token', 'api'],
  operation: 'verify',
  run: async (flow, { phoneNumber, isHashed }) => {
    const granted = await getToken(flow)
    if (isStop(granted)) return granted
    const { gateway } = granted
    const host = new URL(gateway.apiUrl).host
    let response: Answer | null = null
    let answer: VerifyAnswer | null = null
    const answered = await flow.recorder.step('api', `Asking ${host} about the number`, async () => {
      const request = await buildVerifyRequest({ ...gateway, phoneNumber, isHashed })
      response = await callApi(flow, granted, request)
      answer =
        response && readVerifyAnswer(response.status, response.text, response.headers.get('www-authenticate'))
      if (answer === null || typeof answer === 'object') return { lacks: 'answer' }
      return { value: { answer }, detail: `devicePhoneNumberVerified is ${answer === 'verified'}` }
    })
    if (flow.input.probes) await probeForm(flow, granted, { phoneNumber, isHashed }, { response, answer })
    return answered
  },
}
