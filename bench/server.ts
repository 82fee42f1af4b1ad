import type { Contestant } from './compare.ts'

// A contestant's server in a process of its own: `server.js <bench file> <contestant>`
const [file, name] = process.argv.slice(2) as [string, string]
const { contestants } = await import(file) as { contestants: Record<string, Contestant> }
const logger = process.env['BENCH_LOGGER'] === 'on' && { level: 'info', file: '/dev/null' }
const app = await contestants[name]!.app({ logger })

process.on('message', () => process.send!(process.cpuUsage()))
process.send!(await app.listen({ host: '127.0.0.1', port: 0 }))
