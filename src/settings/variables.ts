// The environment variables that nv reads besides those of the settings.

/** What each is for, in the order in which they are shown. */
export const otherVariables: Readonly<Record<string, string>> = {
  NV_PROFILE: 'the profile to use, as --profile',
  NV_CLIENT_SECRET: 'the client secret, which has no flag',
  NV_GRANT: 'how to exchange an operator token, as --grant',
  NV_TIMEOUT: 'the limit of a run, as --timeout',
  NV_CONFIG_DIR: 'the folder of the profiles',
  NV_SECRET_STORE: 'where secrets are stored: keychain or file',
  NV_STATE_DIR: 'the folder of the saved runs',
  HTTPS_PROXY: 'the proxy for https; HTTP_PROXY for http, ALL_PROXY for both, NO_PROXY for hosts without',
  NODE_EXTRA_CA_CERTS: 'a file of certificates to trust, besides --ca',
  BROWSER: 'the program that opens URLs',
  NO_COLOR: 'print without colours; FORCE_COLOR prints with them',
  TERM: 'dumb: no colours, no spinner, plain symbols',
}
