import type { Starter } from './questions/start-up.ts'

// One start in a process of its own: `start.js <bench file> <starter>`, with --expose-gc
const [file, name] = process.argv.slice(2) as [string, string]
const { starters } = await import(file) as { starters: Record<string, Starter> }
const app = await starters[name]!()

globalThis.gc?.()
const before = process.memoryUsage().heapUsed
const begun = process.cpuUsage()
await app.ready()
const { user, system } = process.cpuUsage(begun)
globalThis.gc?.()
process.send!({ 'CPU ms': (user + system) / 1000, 'heap MB': (process.memoryUsage().heapUsed - before) / 2 ** 20 }, () => process.exit())
