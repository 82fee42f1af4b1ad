import type { Contestant } from './compare.ts'

// A contestant's server in a process of its own: `server.js <bench file> <contestant>`
const [file, name] = process.argv.slice(2) as [string, string]
const { contestants } = await import(file) as { contestants: Record<string, Contestant> }
const app = await contestants[name]!.app()

process.on('message', () => process.send!(process.cpuUsage()))
process.send!(await app.listen({ host: '127.0.0.1', port: 0 }))
