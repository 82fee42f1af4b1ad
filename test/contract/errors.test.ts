import t from 'tap'
import {
  badRequest, forbidden, internalServerError, notFound, serviceUnavailable, StatusError, unauthorized,
  type Finding, type RefusalStatus
} from '../../lib/index.ts'
import { repeat } from '../../lib/contract/errors.ts'
import { constantOf, refusals } from '../../lib/contract/status.ts'

const constructors: Readonly<Record<RefusalStatus, (detail?: string, options?: object) => StatusError>> = {
  400: badRequest,
  401: unauthorized,
  403: forbidden,
  404: notFound,
  500: internalServerError,
  503: serviceUnavailable
}

t.test('there is one constructor for each refusal of the table, named as its phrase', async t => {
  t.same(Object.keys(constructors).map(Number), refusals.map(({ code }) => code))
  for (const { code, phrase, meaning } of refusals) {
    const error = constructors[code]()
    t.ok(error instanceof StatusError && error instanceof Error, phrase)
    t.equal(error.status, code)
    t.equal(error.statusCode, code, 'by the name that Fastify reads')
    t.equal(error.code, constantOf(phrase))
    t.equal(error.message, meaning, 'the detail of one that names none')
    t.equal(error.name, 'StatusError')
    t.same(error.headers, {})
    t.equal(error.errors, undefined)
    t.notOk('cause' in error)
  }
})

t.test('a detail and options are taken', async t => {
  const finding: Finding = { in: 'body', pointer: '/name', code: 'required', detail: 'must have a name' }
  const cause = new Error('why')
  const error = badRequest('No name.', { code: 'NO_NAME', headers: { 'x-a': '1' }, cause, errors: [finding] })
  t.match(error, { status: 400, message: 'No name.', code: 'NO_NAME', headers: { 'x-a': '1' }, errors: [finding] })
  t.equal(error.cause, cause)
  t.equal(Object.hasOwn(notFound('', { cause: undefined }), 'cause'), true, 'a cause that is undefined is one, as with Error')
  t.equal(notFound('').message, '', 'an empty detail is one')
})

t.test('a status outside the ten is folded into them, and remembered', async t => {
  t.match(new StatusError(409), { status: 400, statusCode: 400, originalStatus: 409, code: 'CONFLICT' })
  t.match(new StatusError(499), { status: 400, code: 'BAD_REQUEST', message: 'Bad Request.' })
  t.match(new StatusError(404, 'Detail.', { code: 'OWN' }), { status: 404, originalStatus: 404, code: 'OWN' })
})

t.test('only an error status can be thrown', async t => {
  for (const status of [200, 201, 204, 304, 399, 600, 404.5, 0, -1, NaN, '404', null, undefined, {}, Symbol('a')]) {
    t.throws(() => new StatusError(status as RefusalStatus), { name: 'TypeError', message: /^Cannot refuse: .+ is no error status$/ }, String(status))
  }
})

t.test('a refusal has no stack frames, a 500 has', async t => {
  for (const { code } of refusals) {
    const frames = constructors[code]('Detail.').stack!.split('\n').slice(1)
    if (code === 500) t.match(frames[0], 'errors.ts')
    else t.same(frames, [], String(code))
  }
  t.match(new Error('later').stack, 'errors.test.ts', 'other errors keep theirs')
})

t.test('Error.stackTraceLimit is as it was, also when the constructor throws', async t => {
  const unreadable = { toString () { throw new Error('unreadable') } }
  const cases: Readonly<Record<string, () => unknown>> = {
    'a refusal': () => notFound(),
    'a 500': () => internalServerError(),
    'no such status': () => new StatusError(418 as 404),
    'a detail that is a symbol': () => notFound(Symbol('a') as never),
    'a detail that cannot be read': () => notFound(unreadable as never),
    'options that are null': () => notFound('a', null as never),
    'a cause that cannot be read': () => notFound('a', { get cause () { throw new Error('unreadable') } }),
    'headers that cannot be read': () => notFound('a', { get headers (): never { throw new Error('unreadable') } }),
    'scopes that are none': () => forbidden('a', { scopes: 5 as never })
  }
  const before = Error.stackTraceLimit
  t.teardown(() => { Error.stackTraceLimit = before })
  for (const limit of [7, 0, Infinity]) {
    Error.stackTraceLimit = limit
    for (const [name, make] of Object.entries(cases)) {
      try {
        make()
      } catch {
        // What it throws is not the point
      }
      t.equal(Error.stackTraceLimit, limit, name)
    }
  }
})

t.test('a detail that is not a string becomes one, and one that is null is none', async t => {
  t.equal(notFound(42 as never).message, '42')
  t.equal(notFound({} as never).message, '[object Object]')
  t.equal(notFound(null as never).message, notFound().message)
  t.throws(() => notFound(Symbol('a') as never), TypeError)
})

t.test('StatusError can be extended', async t => {
  class Gone extends StatusError {
    constructor (id: string) {
      super(404, `${id} is gone.`, { code: 'GONE' })
    }
  }
  const error = new Gone('a')
  t.ok(error instanceof StatusError && error instanceof Gone)
  t.match(error, { status: 404, message: 'a is gone.', code: 'GONE', name: 'StatusError' })
})

t.test('each constructor makes an error of its own', async t => {
  const headers = Object.freeze({ 'x-a': '1' })
  const options = Object.freeze({ headers, challenge: 'Basic' })
  t.not(unauthorized('a', options), unauthorized('a', options))
  t.same(unauthorized('a', options).headers, { 'x-a': '1', 'www-authenticate': 'Basic' })
  t.same(headers, { 'x-a': '1' }, 'options are not written on')
})

t.test('unauthorized() sends its challenge (RFC 9110 §11.6.1)', async t => {
  t.same(unauthorized('a', { challenge: 'Basic realm="a"' }).headers, { 'www-authenticate': 'Basic realm="a"' })
})

// RFC 6750 §3: "Values for the "scope" attribute […] MUST NOT include characters outside the set
// %x21 / %x23-5B / %x5D-7E for representing scope values and %x20 for delimiters between scope values."
t.test('forbidden() names the missing scopes in a challenge that nothing can break out of (RFC 6750 §3.1)', async t => {
  const cases: readonly [scopes: readonly string[], challenge: string][] = [
    [['organizations:read'], 'Bearer error="insufficient_scope", scope="organizations:read"'],
    [['a', 'b'], 'Bearer error="insufficient_scope", scope="a b"'],
    [['a b'], 'Bearer error="insufficient_scope", scope="a b"'],
    [['https://example.com/read', '!~'], 'Bearer error="insufficient_scope", scope="https://example.com/read !~"'],
    [[], 'Bearer error="insufficient_scope"'],
    [[''], 'Bearer error="insufficient_scope"'],
    [['a", error="none'], 'Bearer error="insufficient_scope"'],
    [['a"', 'b'], 'Bearer error="insufficient_scope", scope="b"'],
    [['a\\', 'b'], 'Bearer error="insufficient_scope", scope="b"'],
    [['a\r\nSet-Cookie: a=b', 'b'], 'Bearer error="insufficient_scope", scope="b"'],
    [['å', '\u0100', '\u007F', '\t', 'b'], 'Bearer error="insufficient_scope", scope="b"']
  ]
  for (const [scopes, challenge] of cases) {
    t.same(forbidden('a', { scopes }).headers, { 'www-authenticate': challenge }, JSON.stringify(scopes))
  }
})

// RFC 9110 §10.2.3: delay-seconds = 1*DIGIT
t.test('serviceUnavailable() sends Retry-After in whole seconds, if it can be written (RFC 9110 §10.2.3)', async t => {
  const cases: readonly [retryAfter: unknown, header: string | undefined][] = [
    [0, '0'], [1, '1'], [0.2, '1'], [120, '120'], [-0, '0'], [86400.5, '86401'],
    [-1, undefined], [NaN, undefined], [Infinity, undefined], [1e21, undefined], [undefined, undefined], ['soon', undefined], [{}, undefined]
  ]
  for (const [retryAfter, header] of cases) {
    t.equal(serviceUnavailable('a', { retryAfter: retryAfter as number }).headers['retry-after'], header, String(retryAfter))
  }
})

t.test('refusals can be made where intrinsics are frozen', async t => {
  const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!
  t.teardown(() => { Object.defineProperty(Error, 'stackTraceLimit', before) })
  Object.defineProperty(Error, 'stackTraceLimit', { ...before, writable: false })
  t.match(notFound('Not here.'), { status: 404, message: 'Not here.' })
  t.equal(Error.stackTraceLimit, before.value)
})

t.test('a refusal that is repeated is an error of its own each time, with all that the first one has', async t => {
  const model = unauthorized('No.', { code: 'OWN', challenge: 'Basic' })
  const again = repeat(model)
  const [one, other] = [again(), again()]
  for (const { name, message, stack, status, originalStatus, statusCode, code, headers, errors } of [one, other]) {
    t.same({ name, message, stack, status, originalStatus, statusCode, code, headers, errors }, {
      name: 'StatusError', message: 'No.', stack: model.stack, status: 401, originalStatus: 401, statusCode: 401, code: 'OWN', headers: { 'www-authenticate': 'Basic' }, errors: undefined
    })
  }
  t.ok(one instanceof StatusError && one instanceof Error)
  one.message += ' More.'
  Object.assign(one.headers, { 'x-own': 'a' })
  t.match([other, again(), model], Array(3).fill({ message: /^No\.$/, headers: { 'x-own': undefined } }))
})
