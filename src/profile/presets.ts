// What is known of each gateway: data, each entry with its source.
import { type ApiVersion, verifyScopes } from '../camara/api.ts'
import type { Settings } from './settings.ts'

export interface Preset {
  title: string
  settings: Settings
  /** A secret that the provider publishes for everyone. */
  publishedSecret?: string
  /** The scope of /verify by API version. */
  scopes: Readonly<Record<ApiVersion, string>>
  /** Whether the line is recognised by its mobile data; a mock mode answers any device. */
  needsPhone: boolean
  source: string
}

const sandboxUrl = 'https://sandbox.opengateway.telefonica.com/apigateway'

const mockCredentials = {
  settings: { clientId: 'mock_sandbox_app_id' },
  publishedSecret: 'mock_sandbox_app_secret',
  scopes: verifyScopes,
  needsPhone: false,
} as const

/** The gateways that need no account; `simulator` gets its URLs when it is started. */
export const presets: Readonly<Record<string, Preset>> = {
  simulator: {
    ...mockCredentials,
    title: 'the simulator inside nv',
    source: 'README.md',
  },
  'sandbox-mock': {
    ...mockCredentials,
    title: "Telefónica's Sandbox in mock mode",
    settings: {
      ...mockCredentials.settings,
      authorizeUrl: `${sandboxUrl}/authorize`,
      tokenUrl: `${sandboxUrl}/token`,
      apiUrl: sandboxUrl,
    },
    source: 'https://developers.opengateway.telefonica.com/docs/sandbox',
  },
}
