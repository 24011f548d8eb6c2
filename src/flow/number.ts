// The journey of `nv number`: which number does the phone, or the SIM of the operator token, have?
import { buildNumberRequest, readNumberAnswer } from '../camara/api.ts'
import { sendToApi } from './api-call.ts'
import { getToken } from './get-token.ts'
import type { Journey } from './journey.ts'
import { isStop } from './stop.ts'

export const number: Journey = {
  name: 'number',
  steps: ['authorize', 'callback', 'token', 'api'],
  operation: 'device-phone-number',
  run: async (flow) => {
    const granted = await getToken(flow)
    if (isStop(granted)) return granted
    const { gateway } = granted
    return flow.recorder.step('api', `Asking ${new URL(gateway.apiUrl).host} for the number`, async () => {
      const { answer: response } = await sendToApi(flow, granted, buildNumberRequest(gateway), 'api')
      const answer =
        response && readNumberAnswer(response.status, response.text, response.headers.get('www-authenticate'))
      if (answer === null || 'undetermined' in answer) return { lacks: 'answer' }
      const { phoneNumber } = answer
      return {
        value: { answer: 'identified', phoneNumber },
        detail: `devicePhoneNumber is ${phoneNumber}`,
      }
    })
  },
}
