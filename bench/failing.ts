import { Type } from '@sinclair/typebox'
import { notFound, serviceUnavailable } from 'fastify-pt-status'
import { plugin } from './contenders.ts'

// An app of errors alone, for memory.ts: tells its address, and its heap in MB when asked
const app = await plugin({ authenticate: () => undefined })({ logger: false })
const config = { access: 'public' } as const
app.get('/thrown', { config }, async () => { throw notFound('No such thing.') })
app.get('/bug', { config }, async () => { throw new Error('A bug.') })
app.get('/away', { config }, async () => { throw serviceUnavailable() })
app.get('/closed', async () => ({}))
app.get('/invalid', { config, schema: { querystring: Type.Object({ size: Type.Integer(), page: Type.Integer() }) } }, async () => ({}))

process.on('message', () => {
  globalThis.gc?.()
  process.send!(process.memoryUsage().heapUsed / 2 ** 20)
})
process.send!(await app.listen({ host: '127.0.0.1', port: 0 }))
