// Hands URLs to the desktop's browser.

/**
 * Opens an http(s) URL. False for anything else, and when there is no desktop to open it on: a remote session,
 * or no display.
 * True says only that it was handed over, not that a page was shown.
 */
export async function openInBrowser(
  url: string,
  { env, platform }: { env: Readonly<Record<string, string | undefined>>; platform: string },
): Promise<boolean> {
  if (!isOpenable(url)) return false
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return false
  const hasDisplay = env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME']
  if (platform === 'linux' && !hasDisplay) return false
  const { default: open } = await import('open')
  return open(new URL(url).href).then(
    () => true,
    () => false,
  )
}

function isOpenable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, username, password } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && !username && !password
}
