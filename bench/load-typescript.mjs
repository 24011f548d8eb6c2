// Loads a module in TypeScript, with what it imports of this project, into a process that can't read it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** Bundles the module at a path of the project and imports it. */
export async function loadTypeScript(path) {
  const folder = await mkdtemp(join(tmpdir(), 'nv-bench-'))
  try {
    const outfile = join(folder, 'bundle.mjs')
    await build({
      absWorkingDir: root,
      entryPoints: [path],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      external: ['@napi-rs/keyring'],
      banner: {
        js: "const require=name=>process.getBuiltinModule(name)??process.getBuiltinModule('module').createRequire(import.meta.url)(name);",
      },
      logLevel: 'warning',
    })
    // oxlint-disable-next-line import/no-dynamic-require
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
