#!/usr/bin/env node
// Checks the version of Node before anything that an old one can't read: this file has to parse on every Node.
var version = process.versions.node.split('.').map(Number)

if (version[0] > 20 || (version[0] === 20 && version[1] >= 19)) {
  import('./start.js').catch(function (error) {
    console.error(error)
    process.exit(70)
  })
} else {
  console.error('nv needs Node.js 20.19 or newer; this is v' + process.versions.node)
  process.exitCode = 4
}
