// The journey of `nv verify`: does this phone have that number?
import { buildVerifyRequest, readVerifyAnswer, type VerifyAnswer } from '../camara/api.ts'
import { sendToApi } from './api-call.ts'
import { findContradiction } from './contradiction.ts'
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
      const reply = await sendToApi(flow, granted, request, 'api')
      response = reply.answer
      answer =
        response && readVerifyAnswer(response.status, response.text, response.headers.get('www-authenticate'))
      if (response === null || answer === null || typeof answer === 'object') return { lacks: 'answer' }
      const member = await findContradiction(response.text, phoneNumber, answer)
      if (member !== null) {
        const { exchange } = reply
        flow.recorder.observe({ code: 'answer_contradicted', step: 'api', exchange, facts: { member } })
        return { lacks: 'answer' }
      }
      return { value: { answer }, detail: `devicePhoneNumberVerified is ${answer === 'verified'}` }
    })
    if (flow.input.probes) await probeForm(flow, granted, { phoneNumber, isHashed }, { response, answer })
    return answered
  },
}
