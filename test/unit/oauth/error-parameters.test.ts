// The error in the parameters of an address, under the names that gateways give it.
import { expect, test } from 'vitest'
import { readErrorParameters } from '../../../src/oauth/error-parameters.ts'

test.each([
  ['error=access_denied&error_description=No', 'access_denied', 'No'],
  ['codigoError=77&mensajeError=URI+no+registrada', '77', 'URI no registrada'],
  ['codigo_erro=77&mensagem_erro=URI+desconhecida', '77', 'URI desconhecida'],
  ['code-erreur=77&message-erreur=URI+inconnue', '77', 'URI inconnue'],
  ['fehlercode=77&fehlermeldung=URI+unbekannt', '77', 'URI unbekannt'],
  ['codiceErrore=77&messaggioErrore=URI+sconosciuto', '77', 'URI sconosciuto'],
  ['errorCode=77&errorText=URI+unknown', '77', 'URI unknown'],
])('%s', (query, error, description) => {
  expect(readErrorParameters(new URLSearchParams(query))).toEqual({ error, description, uri: null })
})

test.each(['code=abc&codigoError=0', 'message=Hello&codigo=abc', 'x=1'])('no error in %s', (query) => {
  expect(readErrorParameters(new URLSearchParams(query)).error).toBeNull()
})
