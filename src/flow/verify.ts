// The journey of `nv verify`: does this phone have that number?
import { buildVerifyRequest, readVerifyAnswer } from '../camara/api.ts'
import { callApi } from './api-call.ts'
import { getToken } from './get-token.ts'
import type { Journey, JourneyInput } from './journey.ts'
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
    return flow.recorder.step('api', `Asking ${new URL(gateway.apiUrl).host} about the number`, async () => {
      const request = await buildVerifyRequest({ ...gateway, phoneNumber, isHashed })
      const response = await callApi(flow, granted, request)
      const answer =
        response && readVerifyAnswer(response.status, response.text, response.headers.get('www-authenticate'))
      if (answer === null || typeof answer === 'object') return { lacks: 'answer' }
      return { value: { answer }, detail: `devicePhoneNumberVerified is ${answer === 'verified'}` }
    })
  },
}
