// What nv inspect sees in a thing that was given to it, and that no run shows.
import { camaraSecurity, rfc6749, type Words } from './words.ts'

const rfc7519 = 'https://www.rfc-editor.org/rfc/rfc7519'

export const inspection = {
  parameter_missing: ({ name, why }: { name: string; why: string }): Words => ({
    title: `${name} is missing`,
    cause: why,
    fix: `Add ${name}.`,
    reference: `${rfc6749}#section-4.1.1`,
  }),
  parameter_doubled: ({ name }: { name: string }): Words => ({
    title: `${name} appears more than once`,
    cause: 'OAuth allows each parameter once. Servers differ in which of two they take.',
    fix: 'Keep one of them.',
    reference: `${rfc6749}#section-3.1`,
  }),
  parameter_cut: ({ kept, lost }: { kept: string; lost: string }): Words => ({
    title: 'An unencoded # cuts the URL',
    cause: `A # starts the fragment, which no server sees. The server gets ${kept}, and never ${lost}.`,
    fix: 'Encode the # as %23.',
    reference: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.5',
  }),
  parameter_encoded_twice: ({ name, value }: { name: string; value: string }): Words => ({
    title: `${name} is percent-encoded twice`,
    cause: `The server decodes it once and gets ${value}, escapes included.`,
    fix: 'Encode it once.',
    reference: 'https://www.rfc-editor.org/rfc/rfc3986#section-2.4',
  }),
  plus_is_space: ({ name }: { name: string }): Words => ({
    title: `The + in ${name} arrives as a space`,
    cause: 'In a query and in a form + stands for a space, so the phone number loses its +.',
    fix: 'Encode the + as %2B.',
    reference: 'https://url.spec.whatwg.org/#application/x-www-form-urlencoded',
  }),
  response_type_wrong: ({ found }: { found: string }): Words => ({
    title: `response_type is ${found}, not code`,
    cause: 'Number Verification uses the authorization code flow, and its answer is a code.',
    fix: 'Use response_type=code.',
    reference: camaraSecurity,
  }),
  redirect_uri_localhost: ({ redirectUri }: { redirectUri: string }): Words => ({
    severity: 'info',
    title: 'The redirect_uri leads to the device that opens the URL',
    cause: `A phone that is sent to ${redirectUri} looks for a server on itself, not on your machine.`,
    fix: 'Paste the final address of the phone, use adb reverse, or register an address that the phone can reach.',
    reference: 'https://www.rfc-editor.org/rfc/rfc8252#section-7.3',
  }),
  redirect_uri_invalid: ({ redirectUri }: { redirectUri: string }): Words => ({
    title: 'The redirect_uri is not an absolute URL',
    cause: `A server cannot redirect to ${redirectUri}.`,
    fix: 'Give it whole, as in https://app.example/callback, exactly as registered.',
    reference: `${rfc6749}#section-3.1.2`,
  }),
  pkce_missing: (): Words => ({
    severity: 'warning',
    title: 'The request has no PKCE',
    cause:
      'Without code_challenge a stolen code can be exchanged by someone else. CAMARA says that it should be there.',
    fix: 'Send code_challenge and code_challenge_method=S256.',
    reference: camaraSecurity,
  }),
  pkce_plain: ({ method }: { method: string }): Words => ({
    severity: 'warning',
    title: `The code_challenge_method is ${method}, not S256`,
    cause: 'With plain, whoever sees the request knows the verifier. Left out, the method is plain.',
    fix: 'Send the SHA-256 of the verifier, with code_challenge_method=S256.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7636#section-4.2',
  }),
  pkce_malformed: ({ length }: { length: number }): Words => ({
    severity: 'warning',
    title: 'The code_challenge is not a SHA-256 in base64url',
    cause: `It has ${length} characters. With S256 it has 43 letters, digits, - and _.`,
    fix: 'Compute it as the base64url of the SHA-256 of the verifier, without padding.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7636#section-4.2',
  }),
  request_without_state: (): Words => ({
    severity: 'warning',
    title: 'The request has no state',
    cause: 'The state ties the callback to this attempt. Without it anybody can bring a code of their own.',
    fix: 'Send a random state for each attempt, and compare it in the callback.',
    reference: `${rfc6749}#section-10.12`,
  }),
  state_guessable: ({ what }: { what: string }): Words => ({
    severity: 'warning',
    title: `The state is ${what}`,
    cause:
      'Whoever guesses it can bring a code of their own, and what is in it travels through every hop and its logs.',
    fix: 'Send a random value, and keep the rest at home under it.',
    reference: `${rfc6749}#section-10.12`,
  }),
  prompt_interactive: ({ prompt }: { prompt: string }): Words => ({
    severity: 'warning',
    title: `prompt=${prompt} asks for a page`,
    cause:
      'Number Verification works without interaction, and a server may refuse or show a page that nobody expects.',
    fix: 'Leave prompt out, or send prompt=none.',
    reference: camaraSecurity,
  }),
  login_hint_odd: ({ form }: { form: string }): Words => ({
    severity: 'warning',
    title: 'The login_hint has an unusual form',
    cause: `It is ${form}. CAMARA knows tel:+34…, ipport:IP:port and operatortoken:…; some providers take a bare +34….`,
    fix: 'Write it as the provider does, with the + encoded as %2B.',
    reference: camaraSecurity,
  }),
  plain_http: ({ what, host }: { what: string; host: string }): Words => ({
    title: `${what} at ${host} is plain http`,
    cause: 'Everyone on the way can read codes, secrets and tokens.',
    fix: 'Use https.',
    reference: `${rfc6749}#section-3.1`,
  }),
  api_address_odd: ({ oddity }: { oddity: string }): Words => ({
    title: `The address of the API looks wrong: ${oddity}`,
    cause: 'The path between the base and the operation appears where it was there already.',
    fix: 'Take the base of the API as the provider gives it, and add the path once.',
  }),
  jwt_unsigned: (): Words => ({
    title: 'The JWT is not signed (alg none)',
    cause: 'Anybody could have written it, so no server may trust it.',
    fix: 'Sign it with the registered key.',
    reference: 'https://www.rfc-editor.org/rfc/rfc8725#section-3.2',
  }),
  jwt_expired: ({ ago }: { ago: string }): Words => ({
    title: `The JWT expired ${ago} ago`,
    cause: 'Its exp is in the past by the clock of this machine.',
    fix: 'Get or make a new one. If it is new, compare the clocks.',
    reference: `${rfc7519}#section-4.1.4`,
  }),
  jwt_from_future: ({ name, ahead }: { name: string; ahead: string }): Words => ({
    title: `The JWT is not valid yet: its ${name} is ${ahead} in the future`,
    cause: 'The clock of whoever made it is ahead, or that of this machine is behind.',
    fix: 'Compare the clocks, and set iat some seconds back.',
    reference: `${rfc7519}#section-4.1.5`,
  }),
  jwt_lives_long: ({ seconds, use }: { seconds: number; use: string }): Words => ({
    severity: 'warning',
    title: `The JWT lives ${seconds} s`,
    cause: `It looks like ${use}, and CAMARA allows 300 s between iat and exp.`,
    fix: 'Set exp to 300 s after iat at most.',
    reference: camaraSecurity,
  }),
  jwt_claim_missing: ({ missing, use }: { missing: string; use: string }): Words => ({
    severity: 'warning',
    title: `The JWT lacks ${missing}`,
    cause: `It looks like ${use}, which needs it.`,
    fix: `Add ${missing}.`,
    reference: camaraSecurity,
  }),
  jwt_subject_differs: (): Words => ({
    title: 'iss and sub of the client assertion differ',
    cause: 'In a client assertion both are the client_id.',
    fix: 'Set both to the client_id.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7523#section-3',
  }),
  jwt_differs: ({ name, found, expected }: { name: string; found: string; expected: string }): Words => ({
    title: `The ${name} of the JWT is ${found}`,
    cause: `The profile has ${expected}.`,
    fix: 'Check that the JWT and the profile belong to the same client and gateway.',
    reference: `${rfc7519}#section-4.1`,
  }),
  jwt_signature_wrong: ({ algorithm, keyId }: { algorithm: string; keyId: string | null }): Words => ({
    title: 'The signature of the JWT does not fit the given keys',
    cause: `It is signed with ${algorithm}, ${keyId === null ? 'without a kid' : `under the kid ${keyId}`}. None of the keys verifies it.`,
    fix: 'Give the keys of whoever signed it. If they are, the JWT was changed, or signed with another key.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7515#section-5.2',
  }),
  key_private: (): Words => ({
    severity: 'info',
    title: 'This is a private key',
    cause: 'Whoever has it can act as the client. A provider needs the public key alone.',
    fix: 'Keep it in a file that only you can read, and register the public key.',
  }),
  key_too_small: ({ bits }: { bits: number }): Words => ({
    title: `The RSA key has ${bits} bits`,
    cause: 'RS256 and PS256 need 2048 bits at least, and servers reject less.',
    fix: 'Make a new key of 2048 bits or more, or a P-256 key.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7518#section-3.3',
  }),
  key_unusable: ({ why }: { why: string }): Words => ({
    title: 'The key cannot be used',
    cause: why,
    fix: 'Give PEM or JWK: RSA of at least 2048 bits, P-256 or Ed25519, without a passphrase.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7518#section-6',
  }),
  key_ids_equal: ({ keyId }: { keyId: string }): Words => ({
    severity: 'warning',
    title: `More than one key has the kid ${keyId}`,
    cause: 'Whoever looks for a key by its kid may find the wrong one.',
    fix: 'Give each key a kid of its own.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7517#section-4.5',
  }),
  key_set_empty: (): Words => ({
    title: 'The key set is empty',
    cause: 'Nothing that is signed can be verified with it.',
    fix: 'Publish the public key.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7517#section-5',
  }),
  certificate_out_of_date: ({ validFrom, validTo }: { validFrom: string; validTo: string }): Words => ({
    title: 'The certificate is outside its dates',
    cause: `It is valid from ${validFrom} to ${validTo}, by the clock of this machine.`,
    fix: 'Get a new certificate, or check the clock.',
    reference: 'https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5',
  }),
  certificate_ends_soon: ({ days, validTo }: { days: number; validTo: string }): Words => ({
    severity: 'warning',
    title: `The certificate ends in ${days} days`,
    cause: `It is valid until ${validTo}.`,
    fix: 'Renew it before that day.',
    reference: 'https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5',
  }),
  document_lacks: ({ name, why }: { name: string; why: string }): Words => ({
    severity: 'warning',
    title: `The discovery document has no ${name}`,
    cause: why,
    fix: 'Report it to the provider, and give the value in the profile.',
    reference: 'https://www.rfc-editor.org/rfc/rfc8414#section-2',
  }),
  document_offers_no: ({ what, offered }: { what: string; offered: string }): Words => ({
    severity: 'warning',
    title: `The discovery document does not list ${what}`,
    cause: `It lists ${offered}. Documents are not always right.`,
    fix: 'Try it all the same, and ask the provider if it fails.',
    reference: 'https://www.rfc-editor.org/rfc/rfc8414#section-2',
  }),
  request_method_wrong: ({
    method,
    wanted,
    what,
  }: {
    method: string
    wanted: string
    what: string
  }): Words => ({
    title: `${method} is the wrong method for ${what}`,
    cause: `It takes ${wanted}.`,
    fix: `Use ${wanted}.`,
    reference: `${rfc6749}#section-3.2`,
  }),
  content_type_wrong: ({ found, wanted }: { found: string; wanted: string }): Words => ({
    title: `The Content-Type is ${found}`,
    cause: `The endpoint takes ${wanted}, and many servers ignore a body of another type.`,
    fix: `Send Content-Type: ${wanted}`,
    reference: `${rfc6749}#section-3.2`,
  }),
  client_unauthenticated: (): Words => ({
    severity: 'warning',
    title: 'The token request has no client authentication',
    cause: 'There is neither an Authorization header nor a secret or an assertion in the body.',
    fix: 'Send HTTP Basic with client id and secret (curl -u), or a client_assertion.',
    reference: `${rfc6749}#section-2.3`,
  }),
  client_authenticated_twice: ({ methods }: { methods: string }): Words => ({
    severity: 'warning',
    title: 'The token request authenticates the client twice',
    cause: `It has ${methods}. OAuth allows one method a request, and some servers answer invalid_client.`,
    fix: 'Keep the one that is registered.',
    reference: `${rfc6749}#section-2.3`,
  }),
  basic_malformed: (): Words => ({
    title: 'The Basic header does not hold client id and secret',
    cause: 'Decoded from base64 it has to be <client id>:<client secret>.',
    fix: 'Let curl make it, with -u.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
  }),
  basic_line_break: (): Words => ({
    title: 'The Basic header ends in a line break',
    cause: 'Decoded from base64 the secret has a line break behind it, as `echo` without -n adds one.',
    fix: 'Use printf %s in place of echo, or curl -u.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
  }),
  authorization_missing: (): Words => ({
    title: 'The API request has no access token',
    cause: 'The API wants it in a header: Authorization: Bearer <access token>.',
    fix: 'Add the header.',
    reference: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  }),
  phone_number_malformed: ({ rule }: { rule: string }): Words => ({
    title: 'The phone number is not in E.164',
    cause: rule,
    fix: 'Write it with + and country code, and digits only.',
    reference: 'https://github.com/camaraproject/NumberVerification',
  }),
  hash_malformed: (): Words => ({
    title: 'hashedPhoneNumber is not a SHA-256 in hexadecimal',
    cause: 'It has to be 64 hexadecimal digits: the SHA-256 of the number with its +.',
    fix: 'Hash the number with its +, without a line break: printf %s <number> | sha256sum',
    reference: 'https://github.com/camaraproject/NumberVerification',
  }),
  number_fields_wrong: ({ found }: { found: string }): Words => ({
    title: `The body has ${found}`,
    cause: 'The API takes exactly one of phoneNumber and hashedPhoneNumber.',
    fix: 'Send one of them.',
    reference: 'https://github.com/camaraproject/NumberVerification',
  }),
  command_cut: (): Words => ({
    title: 'The shell cuts this command at an &',
    cause: 'Outside quotes an & ends the command, and what follows is run as another one.',
    fix: 'Put the URL and the data in single quotes.',
  }),
  certificate_unchecked: (): Words => ({
    severity: 'warning',
    title: 'The command does not check the certificate (-k)',
    cause: 'Whoever is in between gets the credentials.',
    fix: 'Leave -k out, or trust the certificate of your proxy with --cacert.',
  }),
  desktop_authorizes: (): Words => ({
    severity: 'info',
    title: 'This command asks from a computer, not from the phone',
    cause:
      'An operator recognises a line by the connection of the phone itself. From here only a mock or the simulator answers.',
    fix: 'Open the URL on the phone, on mobile data.',
    reference: 'https://github.com/camaraproject/NumberVerification',
  }),
  answer_unusable: ({ found }: { found: string }): Words => ({
    title: 'The answer of the API is neither true nor false',
    cause: `Found: ${found}. Only a JSON boolean is an answer.`,
    fix: 'Do not take it for one. Report it to the provider.',
    reference: 'https://github.com/camaraproject/NumberVerification',
  }),
}
