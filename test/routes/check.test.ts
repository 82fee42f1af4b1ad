import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import ptStatus, { type PtStatusOptions } from '../../lib/index.ts'

const thing = Type.Object({ id: Type.String() })
const handler = async () => ({})

async function start (declare: (app: FastifyInstance) => unknown, options: PtStatusOptions = {}) {
  const lines: string[] = []
  const app = Fastify({ exposeHeadRoutes: false, logger: { level: 'warn', stream: { write: line => { lines.push(JSON.parse(line).msg) } } } })
  await app.register(ptStatus, options)
  declare(app)
  await app.ready()
  return lines
}

function declareWrong (app: FastifyInstance) {
  app.post('/a', { schema: { response: { 202: thing, 409: thing } } }, handler)
  app.delete('/b', { schema: { response: { 204: thing } } }, handler)
  app.get('/c', { schema: { response: { 201: thing, 304: { content: { 'application/json': { schema: thing } } } } } }, handler)
  app.route({ method: ['PUT', 'DELETE'], url: '/d', schema: { response: { 201: thing } }, handler })
}

const message = `Cannot keep the contract:
- POST /a: 202 is not in the contract: declare a success of the ten instead, or open it by codes: [202]
- POST /a: 409 is not in the contract: declare 400 instead, or open it by codes: [409]
- DELETE /b: 204 has no content: declare Type.Null()
- GET /c: 201 is no answer to GET: remove it
- GET /c: 304 has no content: declare Type.Null()
- DELETE /d: 201 is no answer to DELETE: remove it`

t.test('the start stops with every declaration that can\'t be, at once', async t => {
  await t.rejects(start(declareWrong), { message })
})

t.test('check: "warn" only logs them', async t => {
  t.same(await start(declareWrong, { check: 'warn' }), [message])
})

t.test('right declarations pass: opened codes, ranges, null in several ways, hidden routes', async t => {
  await t.resolves(start(app => {
    app.post('/a', { schema: { response: { 201: thing, 400: thing, 409: thing } } }, handler)
    app.get('/b', { schema: { response: { '2xx': thing, '4XX': thing, default: thing, 304: { type: 'null' } } } }, handler)
    app.delete('/c', { schema: { response: { 204: { description: 'Gone' } } } }, handler)
    app.get('/d', { schema: { hide: true, response: { 206: thing } } }, handler)
    app.get('/e', handler)
  }, { codes: [409] }))
})
