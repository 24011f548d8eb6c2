// Bundles src into dist and writes the licences of everything that was bundled.
import { build } from 'esbuild'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = import.meta.dirname
const dist = join(root, 'dist')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

rmSync(dist, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/main.ts' },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  metafile: true,
  define: { NV_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: "import{createRequire as nvCreateRequire}from'node:module';const require=nvCreateRequire(import.meta.url);",
  },
  external: ['@napi-rs/keyring'],
  logLevel: 'warning',
})
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences(bundledPackages(metafile)))

/** Lists the folders of the packages of which at least one file is in the bundle. */
function bundledPackages({ inputs }) {
  const folders = Object.keys(inputs).flatMap((path) => {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)
    return match ? [match[0]] : []
  })
  return [...new Set(folders)].sort()
}

/** Joins name, version and licence text of each package; a package without a text gives its SPDX name. */
function licences(folders) {
  return folders
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
      if (!manifest.license) throw new Error(`${folder} states no licence, so it can't be bundled`)
      const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name))
      const path = file && join(root, folder, file)
      const text =
        path && existsSync(path) ? readFileSync(path, 'utf8').trim() : `License: ${manifest.license}`
      return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
