import compress from '@fastify/compress'
import type { FastifyInstance } from 'fastify'
import { any, get, nothing, problem, said, success, type Options, type Question, type Sample } from './sample.ts'

const tagged: readonly Question[] = [
  { answers: { 200: /a success/ }, has: { etag: /^"/ } },
  { fields: any, answers: { 304: nothing }, has: { etag: /^"/, 'cache-control': /^private$/ } },
  { fields: { 'if-match': '"other"' }, answers: problem(400, 'PRECONDITION_FAILED'), lacks: ['etag'] }
]

const shout = (payload: unknown) => `${payload as string}!`
const both = { onSend: [async (request: unknown, reply: unknown, payload: unknown) => shout(payload)] } as Options

/** HEAD of its own, which has the tag of GET. */
const heads: ReadonlyArray<Omit<Sample, 'needsPlugin'>> = [
  { name: 'HEAD beside @fastify/compress', join: async scope => { await scope.register(compress, { threshold: 0 }) }, declare: get(said), asks: tagged },
  { name: 'a HEAD route of its own', declare: scope => { scope.head('/', said); scope.get('/', said) }, asks: tagged },
  { name: 'a HEAD route in a list of methods', declare: scope => { scope.route({ method: ['HEAD'], url: '/', handler: said }); scope.get('/', said) }, asks: tagged },
  { name: 'GET and HEAD as one route', declare: scope => { scope.route({ method: ['GET', 'HEAD'], url: '/', handler: said }) }, asks: tagged },
  { name: 'HEAD and GET with an onSend of their own', declare: scope => { scope.route({ ...both, method: 'HEAD', url: '/', handler: said }); scope.route({ ...both, method: 'GET', url: '/', handler: said }) }, asks: tagged },
  { name: 'GET with an onSend of its own', declare: get(said, both), asks: tagged }
]

const revalidates: Record<string, (scope: FastifyInstance) => unknown> = {
  'calls back': scope => scope.addHook('onSend', (request, reply, payload, done) => {
    if (request.headers['if-none-match'] !== '"own"') return done(null, payload)
    reply.code(304)
    done(null, null)
  }),
  'is async': scope => scope.addHook('onSend', async (request, reply, payload) => {
    if (request.headers['if-none-match'] !== '"own"') return payload
    reply.code(304)
    return null
  })
}

const own: readonly Sample[] = Object.entries(revalidates).map(([way, join]) => ({
  name: `a 304 of an onSend hook that ${way}`,
  join,
  declare: get(async (request, reply) => { reply.header('etag', '"own"'); return { said: 'a success' } }),
  asks: [{ fields: { 'if-none-match': '"own"' }, answers: { 304: nothing }, has: { etag: /^"own"$/ } }, { answers: { 200: success } }]
}))

export default [...heads.map(sample => ({ ...sample, needsPlugin: true as const })), ...own] satisfies readonly Sample[]
