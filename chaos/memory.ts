// Loaded before the example, with --expose-gc: by SIGUSR2 it tells what of its heap is in use, on standard output
process.on('SIGUSR2', () => {
  globalThis.gc?.()
  console.log(`heap ${process.memoryUsage().heapUsed}`)
})
