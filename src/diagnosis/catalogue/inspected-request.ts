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
  client_unauthenticated: ({ what }: { what: string }): Words => ({
    severity: 'warning',
    title: `The ${what} has no client authentication`,
    cause: 'There is neither an Authorization header nor a secret or an assertion in the body.',
    fix: 'Send HTTP Basic with client id and secret (curl -u), or a client_assertion.',
    reference: `${rfc6749}#section-2.3`,
  }),
  client_authenticated_twice: ({ what, methods }: { what: string; methods: string }): Words => ({
    severity: 'warning',
    title: `The ${what} authenticates the client twice`,
    cause: `It has ${methods}. OAuth allows one method per request, and some servers answer invalid_client.`,
    fix: 'Keep the one that is registered.',
    reference: `${rfc6749}#section-2.3`,
  }),
  basic_malformed: (): Words => ({
    title: 'The Basic header does not hold client id and secret',
    cause: 'Decoded from base64, it must be <client id>:<client secret>.',
    fix: 'Let curl build it, with -u.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
  }),
  basic_line_break: (): Words => ({
    title: 'The Basic header ends in a line break',
    cause: 'Decoded from base64, the secret ends in a line break, as `echo` without -n adds.',
    fix: 'Use printf %s instead of echo, or curl -u.',
    reference: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
  }),
  authorization_missing: (): Words => ({
    title: 'The API request has no access token',
    cause: 'The API expects this header: Authorization: Bearer <access token>',
    fix: 'Add the header.',
    reference: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  }),
  phone_number_malformed: ({ rule }: { rule: string }): Words => ({
    title: 'The phone number is not in E.164',
    cause: rule,
    fix: 'Write + and the country code, then digits only.',
    reference: numberVerification,
  }),
  hash_malformed: (): Words => ({
    title: 'hashedPhoneNumber is not a SHA-256 in hexadecimal',
    cause: 'It must be 64 hexadecimal digits: the SHA-256 of the number with its +.',
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
    cause: 'Outside quotes, an & ends the command, and the rest runs as another command.',
    fix: 'Put the URL and the data in single quotes.',
  }),
  certificate_unchecked: (): Words => ({
    severity: 'warning',
    title: 'The command does not check the certificate (-k)',
    cause: 'Anyone in between can read the credentials.',
    fix: 'Leave out -k, or trust the certificate of your proxy with --cacert.',
  }),
  desktop_authorizes: (): Words => ({
    severity: 'info',
    title: 'This command runs on a computer, not on the phone',
    cause:
      'An operator recognises a line by the connection of the phone itself. From here only a mock or the simulator answers.',
    fix: 'Open the URL on the phone, on mobile data.',
    reference: numberVerification,
  }),
  answer_unusable: ({ found }: { found: string }): Words => ({
    title: 'The answer of the API is neither true nor false',
    cause: `Found: ${found}. Only a JSON boolean is an answer.`,
    fix: "Don't treat it as an answer. Report it to the provider.",
    reference: numberVerification,
  }),
}
