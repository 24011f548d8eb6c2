// The words of an error in the parameters of an address, also where a gateway has names of its own for them.

export interface ErrorParameters {
  error: string | null
  description: string | null
  uri: string | null
}

const names = {
  error: [
    'error',
    'oautherrorcode',
    'errorcode',
    'errcode',
    'faultcode',
    'codigoerror',
    'codigoerro',
    'codeerreur',
    'fehlercode',
    'codiceerrore',
  ],
  description: [
    'errordescription',
    'oautherrormsg',
    'errormessage',
    'errormsg',
    'errordesc',
    'errorreason',
    'errordetail',
    'faultstring',
    'errortext',
    'mensajeerror',
    'mensagemerro',
    'messageerreur',
    'fehlermeldung',
    'messaggioerrore',
    'reason',
  ],
  uri: ['erroruri'],
  /** A code of the gateway's own, beside that of OAuth. */
  more: ['errorcode', 'errorsubcode'],
} as const

/** Reads the error that an address carries; a success of OAuth carries none, whatever else is with it. */
export function readErrorParameters(parameters: URLSearchParams): ErrorParameters {
  const isSuccess = Boolean(parameters.get('code')) && !parameters.has('error')
  const entries = [...parameters].map(
    ([name, value]) => [name.toLowerCase().replace(/[_.-]/g, ''), value] as const,
  )
  const find = (known: readonly string[]) =>
    isSuccess
      ? null
      : (known
          .map((name) => entries.find(([key, value]) => key === name && value !== '')?.[1])
          .find(Boolean) ?? null)
  const error = find(names.error)
  const [description, more] = [find(names.description), find(names.more)]
  const words = [more === error ? null : more, description].filter((part) => part !== null)
  return { error, description: words.length === 0 ? null : words.join(': '), uri: find(names.uri) }
}
