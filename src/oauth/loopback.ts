// Tells addresses of this machine alone from all others.

/** Tells whether a host name, as a URL holds it, always means this machine. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '')
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    /^127(\.\d{1,3}){1,3}$/.test(host)
  )
}
