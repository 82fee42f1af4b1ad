import { tracingChannel } from 'node:diagnostics_channel'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import ptStatus, { notFound } from '../../lib/index.ts'

const names = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** The events of Fastify's tracing channel that requests to an app cause. */
async function eventsOf (app: FastifyInstance, urls: readonly string[]): Promise<string[]> {
  const events: string[] = []
  const listeners = Object.fromEntries(names.map(name => [name, () => { events.push(name) }])) as unknown as Parameters<ReturnType<typeof tracingChannel>['subscribe']>[0]
  const channel = tracingChannel('fastify.request.handler')
  channel.subscribe(listeners)
  for (const url of urls) await app.inject(url)
  channel.unsubscribe(listeners)
  return events
}

const ways: Readonly<Record<string, (app: FastifyInstance) => void>> = {
  'the error handler of the plugin': () => {},
  "an error handler of the user's": app => { app.setErrorHandler((_thrown, request, reply) => { reply.code(404).send({ message: 'Gone.' }) }) },
  "an async error handler of the user's": app => { app.setErrorHandler(async (_thrown, request, reply) => { reply.code(404); return { message: 'Gone.' } }) }
}

for (const [way, set] of Object.entries(ways)) {
  t.test(`traces tell what they tell without the plugin: ${way}`, async t => {
    const declare = (app: FastifyInstance) => {
      app.register(async child => {
        set(child)
        child.get('/async', async () => { throw notFound() })
        child.get('/sync', () => { throw notFound() })
        child.get('/sent', (request, reply) => { reply.send(notFound()) })
        child.get('/fine', async () => 'fine')
      })
    }
    const urls = ['/async', '/sync', '/sent', '/fine']
    const plain = Fastify()
    declare(plain)
    const app = Fastify()
    await app.register(ptStatus)
    declare(app)
    const events = await eventsOf(app, urls)
    t.same(events, await eventsOf(plain, urls))
    t.equal(events.filter(name => name === 'error').length, 2)
  })
}
