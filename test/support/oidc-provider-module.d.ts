// The part of oidc-provider that the tests use; the package has no types of its own.
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  export type Configuration = Record<string, unknown>

  export const errors: { AccessDenied: new (description: string) => Error }

  export class Provider {
    constructor(issuer: string, configuration: Configuration)
    callback(): RequestListener
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ params: Record<string, unknown> }>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
    readonly Grant: new (properties: { accountId: string; clientId: string }) => {
      addOIDCScope(scope: string): void
      save(): Promise<string>
    }
    readonly AccessToken: { find(value: string): Promise<{ scope?: string; jkt?: string } | undefined> }
  }
}
