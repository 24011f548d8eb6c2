#!/usr/bin/env node
import module from 'node:module'

module.enableCompileCache?.()
try {
  await import('../dist/main.js')
} catch (error) {
  console.error(error)
  process.exit(70)
}
