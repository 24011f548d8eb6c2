// Preloaded into a measured server: tells its parent, when asked, the memory in use and the processor time it took.
process.on('message', () => {
  globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  process.send({ rss, heapUsed, processorMs: (user + system) / 1000 })
})
