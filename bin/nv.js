#!/usr/bin/env node
// Checks the version of Node, answers for that of nv, and loads the rest. Any Node, however old, must be able to read
// this file: so there is no import, no import.meta, and no syntax that is younger than import().
var version = process.versions.node.split('.').map(Number)

if (version[0] > 20 || (version[0] === 20 && version[1] >= 19)) {
  start()
} else {
  console.error('nv needs Node.js 20.19 or newer; this is v' + process.versions.node)
  process.exitCode = 4
}

function start() {
  var isVersionAsked = process.argv.length === 3 && /^(?:--version|-V)$/.test(process.argv[2])
  if (isVersionAsked && printVersion()) return
  var enableCompileCache = process.getBuiltinModule('node:module').enableCompileCache
  if (enableCompileCache) enableCompileCache()
  import('../dist/main.js').catch(function (error) {
    console.error(error)
    process.exit(70)
  })
}

/**
 * The version is answered before anything is loaded, even the streams of Node, so that it costs what Node costs. False:
 * it was not found, or not written.
 */
function printVersion() {
  var fs = process.getBuiltinModule('node:fs')
  var path = process.getBuiltinModule('node:path')
  try {
    var folder = path.dirname(fs.realpathSync(process.argv[1]))
    var manifest = JSON.parse(fs.readFileSync(path.join(folder, '../package.json'), 'utf8'))
    fs.writeSync(1, 'nv ' + manifest.version + '\n')
    return true
  } catch {
    return false
  }
}
