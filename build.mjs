// Bundles src into dist, and writes what was bundled: the licences, and a bill of materials.
import { transform } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { bundle, external, readManifest, root } from './bundle.mjs'

const dist = join(root, 'dist')
const own = readManifest('.')
const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

const { metafile, outputFiles } = await bundle({
  entryPoints: { main: 'src/main.ts' },
  outdir: dist,
  splitting: true,
  format: 'esm',
  metafile: true,
  plugins: [coreInOnePiece()],
  // Bundled CommonJS packages call require() for Node's own modules. A real one is made only to fail as it would.
  banner: {
    js: "const require=name=>process.getBuiltinModule(name)??process.getBuiltinModule('module').createRequire(import.meta.url)(name);",
  },
})
refuseOtherImports(metafile)
const bundled = bundledPackages(metafile)
const texts = licences(bundled)
const written = await Promise.all(outputFiles.map((file) => shorten(file, metafile)))
const parts = billOfMaterials(bundled)

// Only a build that succeeded replaces the one before.
rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
for (const { path, contents } of written) writeFileSync(path, contents)
writeFileSync(join(dist, 'nv.1'), execFileSync(process.execPath, [join(root, 'bin/nv.js'), 'manual']))
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), texts)
writeFileSync(join(dist, 'sbom.cdx.json'), `${JSON.stringify(parts, null, 2)}\n`)

/**
 * Has all that is loaded later import what every start loads, so that this is one file: what only some of them import
 * would be a file of its own, and each of these costs a start nearly a millisecond.
 */
function coreInOnePiece() {
  const core = ['./src/cli/program.ts', './src/io/run-process.ts']
  return {
    name: 'core-in-one-piece',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
        kind === 'dynamic-import' && !resolveDir.includes('node_modules')
          ? { path: relative(root, join(resolveDir, path)), namespace: 'later' }
          : undefined,
      )
      onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({
        contents: [
          ...core.map((one) => `import '${one}'`),
          `export * from ${JSON.stringify(`./${path}`)}`,
        ].join('\n'),
        resolveDir: root,
      }))
    },
  }
}

/** Throws when the bundle imports what an install doesn't bring. */
function refuseOtherImports({ outputs }) {
  const others = Object.values(outputs)
    .flatMap(({ imports }) => imports)
    .filter((imported) => imported.external)
    .map(({ path }) => path)
    .filter((path) => !path.startsWith('node:') && !isBuiltin(path) && !external.includes(path))
  if (others.length > 0) throw new Error(`The bundle imports ${others.join(', ')}, which nobody installs`)
}

/** Shortens the names in a large file that is other people's code but for a few lines. Ours keep theirs, for the stacks of bug reports. */
async function shorten({ path, contents, text }, { outputs }) {
  const { inputs, bytes } = outputs[relative(root, path)]
  const foreign = Object.keys(inputs).filter((name) => /(?:^|\/)node_modules\//.test(name))
  const foreignBytes = foreign.reduce((sum, name) => sum + inputs[name].bytesInOutput, 0)
  if (bytes < 250_000 || foreignBytes < 0.95 * bytes) return { path, contents }
  const { code } = await transform(text, { format: 'esm', minifyIdentifiers: true, minifyWhitespace: true })
  return { path, contents: code }
}

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
      const manifest = readManifest(folder)
      if (!manifest.license) throw new Error(`${folder} states no licence, so it can't be bundled`)
      const file = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name))
      const text = file
        ? readFileSync(join(root, folder, file), 'utf8').trim()
        : `License: ${manifest.license}`
      return `${manifest.name} ${manifest.version} (${manifest.license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/**
 * Lists what is in the bundle, and what an install may bring beside it, for tools that look for known flaws.
 * @see https://cyclonedx.org/docs/1.6/json/
 */
function billOfMaterials(folders) {
  const components = [
    ...folders.map((folder) => component(readManifest(folder), 'required')),
    // It may not be installed here; the lock file knows it all the same.
    ...external.map((name) => component({ name, ...locked[`node_modules/${name}`] }, 'optional')),
  ]
  const { purl: ref, ...self } = describePackage(own)
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': ref, ...self, purl: ref } },
    components,
    dependencies: [{ ref, dependsOn: components.map(({ purl }) => purl) }],
  }
}

function component(manifest, scope) {
  const described = describePackage(manifest)
  return { type: 'library', 'bom-ref': described.purl, ...described, scope }
}

/** @see https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function describePackage({ name, version, license }) {
  const licence = /^[\w.+-]+$/.test(license) ? { license: { id: license } } : { expression: license }
  return { name, version, licenses: [licence], purl: `pkg:npm/${name.replace('@', '%40')}@${version}` }
}
