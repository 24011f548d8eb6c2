// The drawings of the pages.

function draw(paths: string): string {
  return `<svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">${paths}</svg>`
}

/** The icon of the pages' tab, as the address of an image. */
export const favicon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#2f4bd8" stroke-width="3" stroke-linecap="round"><path d="M4 20v-3M9.3 20v-7M14.6 20V9M20 20V4"/></svg>',
  )

export const icons = {
  mobile: draw('<path d="M4 20v-3"/><path d="M9.3 20v-7"/><path d="M14.6 20V9"/><path d="M20 20V4"/>'),
  wifi: draw(
    '<path d="M2.5 9a14 14 0 0 1 19 0"/><path d="M5.8 12.7a9.2 9.2 0 0 1 12.4 0"/><path d="M9 16.2a4.5 4.5 0 0 1 6 0"/><path d="M12 19.8h.01"/>',
  ),
  vpn: draw(
    '<path d="M12 3l7.5 3v5.5c0 4.6-3.2 8-7.5 9.5-4.3-1.5-7.5-4.9-7.5-9.5V6z"/><path d="M9 11.8l2.2 2.2 4-4.2"/>',
  ),
  sim: draw('<path d="M6 3h8l4 4v14H6z"/><path d="M9.5 11.5h5v5.5h-5z"/>'),
  done: draw('<circle cx="12" cy="12" r="9"/><path d="M8 12.2l2.7 2.7 5.3-5.6"/>'),
  warning: draw('<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5"/><path d="M12 16.5h.01"/>'),
}
