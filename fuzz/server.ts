import type { AddressInfo } from 'node:net'
import { buildApp } from './app.ts'

// The process under test: tells its port, and its memory when asked
const app = await buildApp()
await app.listen({ host: '127.0.0.1', port: 0 })
process.on('message', () => {
  globalThis.gc?.()
  process.send?.({ heap: process.memoryUsage().heapUsed })
})
process.on('disconnect', () => process.exit())
process.send?.({ port: (app.server.address() as AddressInfo).port })
