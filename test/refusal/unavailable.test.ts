import { connect } from 'node:net'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus, { notFound, type PtStatusOptions } from '../../lib/index.ts'
import { isUnavailable, signOf } from '../../lib/refusal/unavailable.ts'
import { available, unavailable } from '../cases/unavailable.ts'
import { listen, send } from '../wire.ts'

for (const [title, make] of Object.entries(unavailable)) {
  t.test(`a dependency is unavailable by ${title}`, async t => t.equal(isUnavailable(make()), true))
}

for (const [title, make] of Object.entries(available)) {
  t.test(`no dependency is unavailable by ${title}`, async t => t.equal(isUnavailable(make()), false))
}

t.test('what an error throws while it is read is thrown', async t => {
  for (const name of ['cause', 'errors', 'meta', 'code', 'syscall', 'severity', 'name', 'message']) {
    const trap = Object.defineProperty(new Error('a'), name, { get () { throw new RangeError(name) } })
    t.throws(() => isUnavailable(trap), { name: 'RangeError', message: name })
  }
})

t.test('the cost of hostile errors is bounded', async t => {
  const wide = new AggregateError(Array.from({ length: 1e6 }, () => unavailable['a system error']!()))
  const dense = Array.from({ length: 40 }).reduce<Error>((error: Error) => new AggregateError([error, error, error], '…', { cause: error }), new Error('a'))
  const start = process.cpuUsage()
  t.equal(isUnavailable(dense), false)
  t.equal(isUnavailable(wide), false, 'more than can be looked at')
  const { user } = process.cpuUsage(start)
  t.ok(user < 50_000, `${user} µs`)
})

t.test('a sign is told by its name', async t => {
  const signs = Object.values(unavailable).map(make => signOf(make() as Error))
  t.match(signs, ['connect ECONNREFUSED', 'ECONNRESET', 'TimeoutError'])
})

/** An app whose route throws, and what it logs. */
async function throwing (t: { teardown (close: () => unknown): void }, make: () => unknown, options: PtStatusOptions = {}) {
  const lines: Array<Record<string, any>> = []
  const app = Fastify({ logger: { stream: { write (line: string) { lines.push(JSON.parse(line)) } } } })
  await app.register(ptStatus, options)
  app.get('/', async () => { throw await make() })
  const { status, headers, body } = await send(await listen(t, app), 'GET', '/')
  return { status, retryAfter: headers['retry-after'], code: JSON.parse(body).code, body, errors: lines.filter(({ level }) => level >= 50) }
}

const refused = async () => await new Promise(resolve => connect(4, '127.0.0.1').on('error', resolve))

t.test('a dependency that is away is a 503, of which only the log tells more', async t => {
  const answer = await throwing(t, refused, { retryAfter: 7 })
  t.match(answer, { status: 503, retryAfter: '7', code: 'DEPENDENCY_UNAVAILABLE', errors: [{ statusCode: 503, err: { code: 'ECONNREFUSED' } }] })
  t.notMatch(answer.body, /ECONNREFUSED|127|connect/)
})

t.test('unavailable adds to the table, and takes nothing away', async t => {
  const unavailable = (error: unknown) => (error as { code?: unknown }).code === 'ENOTFOUND'
  t.equal((await throwing(t, () => Object.assign(new Error('a'), { code: 'ENOTFOUND' }), { unavailable })).status, 503)
  t.equal((await throwing(t, () => Object.assign(new Error('a'), { code: 'ENOENT' }), { unavailable })).status, 500)
  t.equal((await throwing(t, refused, { unavailable })).status, 503)
  t.equal((await throwing(t, () => 'no error', { unavailable: error => error === 'no error' })).status, 503)
  t.equal((await throwing(t, () => notFound(), { unavailable: () => true })).status, 404, 'what is meant for the client stays')
})

t.test('mapError comes first', async t => {
  t.equal((await throwing(t, refused, { mapError: () => notFound(), unavailable: () => true })).status, 404)
})

t.test('an unavailable that fails, or returns anything but a boolean, is a 500 that is logged', async t => {
  const cases: ReadonlyArray<readonly [string, () => unknown]> = [
    ['A bug.', () => { throw new Error('A bug.') }],
    ['must return a boolean', async () => true],
    ['must return a boolean', async () => { throw new Error('A rejection.') }],
    ['must return a boolean', () => 'yes']
  ]
  for (const [message, unavailable] of cases) {
    t.match(await throwing(t, () => new Error('a'), { unavailable: unavailable as () => boolean }),
      { status: 500, code: 'INTERNAL_SERVER_ERROR', errors: [{ err: { message: new RegExp(message) } }, {}] })
  }
  t.equal((await throwing(t, () => new Error('a'), { unavailable: (() => undefined) as never })).status, 500, 'nothing is false')
})
