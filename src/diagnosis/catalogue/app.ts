// What stopped a chain of redirects that was followed as the SDK in an app does, or would stop such an app.
import type { Words } from './words.ts'

export const app = {
  app_redirect_limit: ({ hops, host }: { hops: number; host: string }): Words => ({
    title: `An app's SDK gives up here: more than ${hops} redirects, the last one from ${host}`,
    cause: `SDKs follow ${hops} redirects at most, and so did nv (--as-app). The chain is longer than that, or a loop.`,
    fix: 'Run it without --as-app to see whether it ends. If it does, ask the operator of the gateway for fewer redirects.',
    reference: sdk,
  }),
  app_hop_slow: ({
    hop,
    host,
    seconds,
    status,
  }: {
    hop: number
    host: string
    seconds: number
    /** Null: not even the head of a response came. */
    status: number | null
  }): Words => ({
    title: `An app's SDK gives up here: ${host} did not answer ${status === null ? '' : 'completely '}within ${seconds} s`,
    cause: `${status === null ? '' : `It began with HTTP ${status}, and its body did not end. `}It is request ${hop} of the chain. SDKs wait ${seconds} s for each, and so did nv (--as-app). A browser waits longer.`,
    fix: 'Run it without --as-app to see whether an answer comes later. If one does, report that time to the operator of the gateway.',
    reference: sdk,
  }),
  app_plain_http: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `An app may not follow the redirect to ${host}: it is plain http`,
    cause: 'Android and iOS block plain http unless the app allows it, and some SDKs only follow https.',
    fix: 'Check that the app and its SDK allow plain http to that host, or ask the operator of the gateway for https.',
    reference: 'https://developer.android.com/privacy-and-security/security-config',
  }),
}

const sdk = 'https://github.com/Vonage/vonage-android-client-library'
