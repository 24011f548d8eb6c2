// Where a provider shows the values that nv asks for: the page of its console, and what they are called there.

/** Where the values of a preset are found. */
export interface Console {
  /** As in a sentence: `"My apps" in the Sandbox`. */
  name: string
  url: string
  /** What a value is there, by its setting; `clientSecret` and headers among them. */
  values: Readonly<Record<string, string>>
  /** The document that says so. */
  source: string
}

/** The consoles by preset; undocumented ones are absent. */
export const consoles: Readonly<Record<string, Console>> = {
  sandbox: {
    name: '"My apps" in the Sandbox',
    url: 'https://sandbox.opengateway.telefonica.com/my-apps',
    values: {
      clientId: 'the client id of your app',
      clientSecret: 'the client secret of the same app',
      redirectUri: 'the redirect URI of the app',
    },
    source: 'https://developers.opengateway.telefonica.com/docs/sandbox',
  },
  vonage: {
    name: "Vonage's dashboard, Build & Manage",
    url: 'https://developer.vonage.com/en/getting-started-network/concepts/network-registry',
    values: {
      clientId: 'the application id',
      key: 'the private key that was saved when the application was created; Vonage does not show it again',
      redirectUri: 'the redirect URL of the network application',
    },
    source: 'https://developer.vonage.com/en/vonage-cli/guides/applications/managing-applications',
  },
  telekom: {
    name: "Telekom's dashboard, Build & Manage",
    url: 'https://docs.developer.telekom.com/en/dt-getting-started-network/concepts/network-registry',
    values: { clientId: 'the application id', key: 'the private key of the application' },
    source: 'https://docs.developer.telekom.com/en/dt-getting-started-network/concepts/network-registry',
  },
  'orange-playground': {
    name: 'your application on Orange Developer',
    url: 'https://developer.orange.com',
    values: {
      clientId: 'the client_id that Orange gave your application',
      clientSecret: 'its client_secret',
      redirectUri: 'the URL that is registered in its configuration',
    },
    source: 'https://developer.orange.com/resources/3-legged-oauth-in-a-nutshell',
  },
  'nokia-nac': {
    name: 'the key of your application for Network as Code',
    url: 'https://github.com/nokia/network-as-code-py',
    values: { 'header X-RapidAPI-Key': 'the token that its SDK takes' },
    source: 'https://github.com/nokia/network-as-code-py',
  },
  konera: {
    name: "Konera's developer portal",
    url: 'https://developer.pxg.konera.com',
    values: {},
    source: 'https://developer.pxg.konera.com/apis/number-verification-v1/docs',
  },
  vodafone: {
    name: "Vodafone's developer portal",
    url: 'https://developer.vodafone.com',
    values: {},
    source: 'https://developer.vodafone.com/api-catalogue/numberverify-camara/additional-information',
  },
}

/** Finds the console of a preset; null where none is known. */
export function findConsole(preset: string | undefined): Console | null {
  return preset !== undefined && Object.hasOwn(consoles, preset) ? (consoles[preset] ?? null) : null
}
