// What every build of src has in common.
import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = import.meta.dirname

/** The binding to the system keychain is native, so it stays outside the bundle. */
export const external = ['@napi-rs/keyring']

/** Reads the package.json of a folder. */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

/** Bundles without writing a file; the options say what goes in and in which format. */
export function bundle(options) {
  const own = readManifest('.')
  return build({
    absWorkingDir: root,
    write: false,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    external,
    logLevel: 'warning',
    ...options,
    plugins: [chalkWithoutDetection(), commanderWithoutPrograms(), ...(options.plugins ?? [])],
    define: {
      NV_VERSION: JSON.stringify(own.version),
      NV_HOMEPAGE: JSON.stringify(own.homepage ?? ''),
      NV_BUGS: JSON.stringify(own.bugs?.url ?? ''),
      ...options.define,
    },
  })
}

/**
 * Takes chalk's variant for a place without a terminal: nv decides itself whether to colour, and what chalk
 * loads to find it out costs milliseconds at every start.
 */
function chalkWithoutDetection() {
  return {
    name: 'chalk-without-detection',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^#supports-color$/ }, ({ resolveDir }) => ({
        path: join(resolveDir, 'vendor/supports-color/browser.js'),
      })),
  }
}

/** No command of nv is a program of its own, so that commander needs nothing to start one, which is slow to load. */
function commanderWithoutPrograms() {
  return {
    name: 'commander-without-programs',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
        /[\\/]commander[\\/]/.test(importer) ? { path: 'child_process', namespace: 'nothing' } : undefined,
      )
      onLoad({ filter: /./, namespace: 'nothing' }, () => ({ contents: 'module.exports = {}' }))
    },
  }
}
