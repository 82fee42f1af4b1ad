import { settleTicks } from './ticks.ts'
import type { Contestant } from './compare.ts'

// A contestant's server in a process of its own: `server.js <bench file> <contestant>`, with --expose-gc.
// Asked for 'cpu', it tells what it has used, in microseconds; for 'heap', what it holds, in bytes
await settleTicks()
const [file, name] = process.argv.slice(2) as [string, string]
const { contestants } = await import(file) as { contestants: Record<string, Contestant> }
const logger = process.env['BENCH_LOGGER'] === 'on' && { level: 'info', file: '/dev/null' }
const app = await contestants[name]!.app({ logger })
const url = await app.listen({ host: '127.0.0.1', port: 0 })
// What a large start leaves keeps what requests leave from being collected young, until all garbage is: minutes later
globalThis.gc!()

process.on('message', question => {
  if (question === 'cpu') return process.send!(process.cpuUsage())
  globalThis.gc!()
  process.send!(process.memoryUsage().heapUsed)
})
process.send!(url)
