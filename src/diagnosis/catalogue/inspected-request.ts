// What nv inspect sees in a request that another program sends, or in its answer.
import { numberVerification, rfc6749, type Words } from './words.ts'

export const inspectedRequest = {
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
    reference: numberVerification,
  }),
  hash_malformed: (): Words => ({
    title: 'hashedPhoneNumber is not a SHA-256 in hexadecimal',
    cause: 'It has to be 64 hexadecimal digits: the SHA-256 of the number with its +.',
    fix: 'Hash the number with its +, without a line break: printf %s <number> | sha256sum',
    reference: numberVerification,
  }),
  number_fields_wrong: ({ found }: { found: string }): Words => ({
    title: `The body has ${found}`,
    cause: 'The API takes exactly one of phoneNumber and hashedPhoneNumber.',
    fix: 'Send one of them.',
    reference: numberVerification,
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
    reference: numberVerification,
  }),
  answer_unusable: ({ found }: { found: string }): Words => ({
    title: 'The answer of the API is neither true nor false',
    cause: `Found: ${found}. Only a JSON boolean is an answer.`,
    fix: 'Do not take it for one. Report it to the provider.',
    reference: numberVerification,
  }),
}
