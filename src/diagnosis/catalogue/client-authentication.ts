// The client authentication that a token endpoint refused, in words that fit its method.
import type { FindingArgs } from '../../errors.ts'
import { describeSkew, type Entry, isSkewed, rfc6749, said, status, type Words } from './words.ts'

export const clientAuthentication: Readonly<Record<string, Entry>> = {
  invalid_client: ({ description, ...args }) => {
    const { cause, fix } = wordsByMethod(args)
    return {
      title: `invalid_client: ${args['host']} does not accept the credentials${status(args)}`,
      cause: `${cause}${said(description)}`,
      fix,
      reference: `${rfc6749}#section-5.2`,
    }
  },
}

function wordsByMethod(args: FindingArgs): Pick<Words, 'cause' | 'fix'> {
  const { method, algorithm, keyId, audience, isReserved } = args
  if (method === 'none') {
    return {
      cause: 'The client_id is wrong, or the gateway wants a client authentication: it got none.',
      fix: 'Copy the client_id again, and choose the method of the registration with --auth-method.',
    }
  }
  if (method === 'private_key_jwt' || method === 'application_jwt') {
    const kid = keyId ? `the kid ${keyId}` : 'no kid'
    const to = method === 'private_key_jwt' ? ` and for ${audience}` : ''
    const compare =
      'ompare the public key that is registered, its kid (--key-id) and its algorithm (--key-algorithm); then the URL of the endpoint, to the byte: it is the aud, and some gateways want their issuer there.'
    const cause = `he gateway does not know the key for this client_id, under ${kid}; or it does not take the JWT as it was signed, with ${algorithm}${to}.`
    return isSkewed(args)
      ? {
          cause: `${describeSkew(args).trimStart()} Or t${cause}`,
          fix: `Set the clock that is wrong; nv signs for the minute before and the four after. Else c${compare}`,
        }
      : { cause: `T${cause}`, fix: `C${compare}` }
  }
  const other = method === 'client_secret_basic' ? 'client_secret_basic_raw' : 'client_secret_basic'
  const isBasic = method === 'client_secret_basic' || method === 'client_secret_basic_raw'
  const encoded = method === 'client_secret_basic' ? 'encoded' : 'as they are'
  return {
    cause: `The client secret or the client_id is wrong, or the gateway wants another client authentication than ${method}.${
      isReserved && isBasic
        ? ` The id or the secret has reserved characters, which were sent ${encoded}; gateways differ in that.`
        : ''
    }`,
    fix: `Copy both again from the provider's console; check for a stray space or line break, then the method${
      isReserved && isBasic ? ` (--auth-method ${other})` : ''
    }.`,
  }
}
