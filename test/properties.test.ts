import fc from 'fast-check'
import t from 'tap'
import Fastify from 'fastify'
import { attribute } from '../lib/refusal/attribution.ts'
import ptStatus, { StatusError, statuses } from '../lib/index.ts'
import { fold } from '../lib/contract/folding.ts'

const refusals = new Set<number>(statuses.map(({ code }) => code).filter(code => code >= 400))
const { anything, constantFrom, dictionary, double, integer, oneof, option, property, record, string } = fc

t.test('folding: whatever the status is, it becomes a refusal of the ten, of the same class or kinder to the client', async t => {
  fc.assert(property(oneof(integer({ min: -1, max: 1000 }), double(), anything()), status => {
    const { status: folded, code } = fold(status)
    return refusals.has(folded) && (code === undefined || /^[A-Z0-9_]+$/.test(code)) &&
      (!(Number.isInteger(status) && refusals.has(status as number)) || folded === status)
  }), { numRuns: 5000 })
  for (let status = 400; status <= 599; status++) {
    const { status: folded } = fold(status)
    t.ok(status < 500 ? folded < 500 || status === 429 : folded >= 500, `${status} → ${folded}: a server's fault stays one`)
    t.equal(fold(folded).status, folded, 'what is folded stays')
  }
})

/** Fields that an error of somebody else may have. */
const fields = record({
  status: oneof(integer({ min: 100, max: 599 }), anything()),
  statusCode: oneof(integer({ min: 100, max: 599 }), anything()),
  code: oneof(constantFrom('FST_ERR_NOT_FOUND', 'ERR_BAD_REQUEST', 'NOT_FOUND'), string(), anything()),
  message: constantFrom('planted-secret'),
  headers: dictionary(string(), string()),
  response: record({ status: integer({ min: 400, max: 599 }) }),
  errors: anything()
}, { requiredKeys: ['message'] })

t.test("attribution: no error of somebody else is the client's fault, whatever its fields are", async t => {
  fc.assert(property(fields, fields => {
    const refusal = attribute(Object.assign(new Error('planted-secret'), fields))
    return [500, 503].includes(refusal.status) && !refusal.message.includes('planted-secret')
  }), { numRuns: 5000 })
})

t.test('attribution: whatever is thrown, it throws nothing and gives a refusal of the ten', async t => {
  fc.assert(property(anything({ withNullPrototype: true, withDate: true, withBigInt: true, withTypedArray: true }), thrown => refusals.has(attribute(thrown).status)), { numRuns: 5000 })
})

t.test('shapes: whatever a handler throws, the answer is a problem that says as much as the contract promises', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  let thrown: unknown
  app.get('/', async () => { throw thrown })
  await app.ready()

  const detail = oneof(string(), string({ unit: 'binary' }))
  const value = oneof(
    record({ status: integer({ min: 400, max: 599 }), detail, code: option(string({ minLength: 1 }), { nil: undefined }) }).map(({ status, detail, code }) => new StatusError(status, detail, { ...(code !== undefined && { code }) })),
    fields.map(fields => Object.assign(new Error('planted-secret'), fields)),
    anything()
  )
  await fc.assert(fc.asyncProperty(value, async value => {
    thrown = value
    const { statusCode, headers, body } = await app.inject('/')
    const problem = JSON.parse(body)
    return refusals.has(statusCode) && headers['content-type'] === 'application/problem+json' && problem.status === statusCode &&
      problem.instance === '/' && ['title', 'code', 'detail', 'requestId'].every(name => typeof problem[name] === 'string') &&
      (value instanceof StatusError ? problem.detail === value.message : !body.includes('planted-secret')) &&
      (statusCode !== 503 || /^\d+$/.test(String(headers['retry-after']))) && (statusCode !== 401 || headers['www-authenticate'] !== undefined)
  }), { numRuns: 1000 })
})
