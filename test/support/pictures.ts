// Looks at a page in the sizes and colours in which people see it.
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const sizes = [
  { width: 320, height: 640 },
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
]

/** Expects a page to fit the width of each window, and takes pictures where NV_TEST_SCREENSHOTS names a folder. */
export async function expectToFit(page: Page, name: string): Promise<void> {
  const folder = process.env['NV_TEST_SCREENSHOTS']
  const before = page.viewportSize()
  for (const viewport of sizes) {
    await page.setViewportSize(viewport)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const path = `${folder}/${name}-${viewport.width}-${colorScheme}.png`
      if (folder) await page.screenshot({ path, fullPage: true })
    }
  }
  if (before !== null) await page.setViewportSize(before)
}
