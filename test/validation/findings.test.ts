import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifySchema, type FastifySchemaValidationError, type FastifyServerOptions, type InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import ptStatus, { forbidden, serviceUnavailable, type Finding, type PtStatusOptions } from '../../lib/index.ts'
import { marker, mistakes, shared, unreadable } from '../cases/requests.ts'
import { listen, send } from '../wire.ts'

interface Refusal {
  status: number
  code: string
  detail: string
  instance: string
  errors: Finding[]
}

async function build (t: Test, options: PtStatusOptions = {}, serverOptions: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions)
  t.teardown(() => app.close())
  await app.register(ptStatus, options)
  return app
}

/** Injects a request that must be refused, and checks that nothing that it carries comes back. */
async function refused (t: Test, app: FastifyInstance, request: InjectOptions, status = 400): Promise<Refusal> {
  const { statusCode, headers, body } = await app.inject(request)
  t.equal(statusCode, status)
  t.match(headers, { 'content-type': /^application\/problem\+json/, 'cache-control': 'no-store' })
  const refusal = JSON.parse(body) as Refusal
  // RFC 9457 §3.1.5: the instance is the path, which the client has chosen
  const { instance, ...rest } = refusal
  t.notMatch(JSON.stringify(rest) + JSON.stringify(headers), marker, 'no received value comes back')
  return refusal
}

/** A validator as Ajv makes them: what is wrong is in its property. */
function withErrors (validate: () => unknown): any {
  return Object.assign(() => validate(), { errors: [{ instancePath: '/a', keyword: 'bad', message: 'is bad', params: {} }] })
}

/** Throws what isn't an error. */
function reject (thrown: unknown): never {
  throw thrown
}

const needsName = Type.Object({ name: Type.String() })
const post = { method: 'POST', url: '/' } as const

t.test('each mistake in a request is a 400 that finds it', async t => {
  for (const { title, schemas, sent, finding } of mistakes) {
    await t.test(title, async t => {
      const app = await build(t)
      for (const schema of shared) app.addSchema(schema)
      app.post('/things/:id', { schema: schemas as FastifySchema }, async () => 'accepted')
      const { path = '1', query = '', headers = {}, body } = sent
      const refusal = await refused(t, app, {
        method: 'POST',
        url: `/things/${path}?${query}`,
        headers: { ...headers, ...('body' in sent && { 'content-type': 'application/json' }) },
        ...('body' in sent && { payload: JSON.stringify(body) })
      })
      t.match(refusal, { status: 400, code: 'VALIDATION_FAILED', detail: 'The request has 1 invalid parameter.', instance: `/things/${path}` })
      t.strictSame(refusal.errors, [finding])
    })
  }
})

t.test('a body that can\'t be read is a 400 with a reason and a stable code, over a socket', async t => {
  const app = await build(t)
  app.post('/', { schema: { body: needsName } }, async () => 'accepted')
  const origin = await listen(t, app)

  for (const { title, contentType, body, code } of unreadable) {
    const headers = { 'content-length': String(Buffer.byteLength(body)), ...(contentType !== undefined && { 'content-type': contentType }) }
    const answer = await send(origin, 'POST', '/', headers, body)
    t.equal(answer.status, 400, title)
    t.equal(answer.headers['content-type'], 'application/problem+json', title)
    const refusal = JSON.parse(answer.body)
    t.match(refusal, { title: 'Bad Request', status: 400, code, instance: '/' }, title)
    t.match(refusal.detail, /\w{3}/, `${title}: the detail says why`)
    t.notMatch(JSON.stringify(answer), marker, `${title}: no received value comes back`)
  }
  const missing = await send(origin, 'POST', '/')
  t.strictSame(JSON.parse(missing.body).errors, [{ in: 'body', pointer: '', code: 'required', detail: 'must have a body' }])
  t.equal((await send(origin, 'POST', '/', { 'content-type': 'application/json' }, '{"name":"a"}')).status, 200, 'the server goes on answering')
})

t.test('an unknown route is 404, whatever its body', async t => {
  const origin = await listen(t, await build(t))
  for (const { title, contentType, body } of unreadable) {
    const headers = { 'content-length': String(Buffer.byteLength(body)), ...(contentType !== undefined && { 'content-type': contentType }) }
    const answer = await send(origin, 'POST', '/nowhere', headers, body)
    t.equal(answer.status, 404, title)
    t.match(JSON.parse(answer.body), { status: 404, code: 'NOT_FOUND' }, title)
  }
})

t.test('one answer has the findings of all parts', async t => {
  const app = await build(t)
  const schema = {
    params: Type.Object({ id: Type.Integer() }),
    querystring: Type.Object({ page: Type.Integer(), size: Type.Integer() }),
    headers: Type.Object({ 'x-tenant': Type.String(), 'x-day': Type.String({ format: 'date' }) }),
    body: Type.Object({ name: Type.String(), age: Type.Integer() }, { additionalProperties: false })
  }
  app.post('/things/:id', { schema }, async () => 'accepted')

  const refusal = await refused(t, app, {
    method: 'POST',
    url: `/things/${marker}?size=${marker}`,
    headers: { 'x-day': marker },
    payload: { age: marker, [`${'email'}`]: marker }
  })
  t.equal(refusal.detail, 'The request has 8 invalid parameters.')
  t.strictSame(refusal.errors.map(({ in: part, pointer, code }) => `${part} ${pointer} ${code}`).sort(), [
    'body /age type', 'body /email additionalProperties', 'body /name required',
    'header /x-day format', 'header /x-tenant required',
    'path /id type',
    'query /page required', 'query /size type'
  ])

  t.test('from whichever part the first is', async t => {
    for (const [request, expected] of [
      [{ url: '/things/1?size=1&page=1', headers: { 'x-day': 'x' }, payload: { name: 'a', age: 1 } }, ['header', 'header']],
      [{ url: '/things/1?size=1', headers: { 'x-day': '2026-01-01', 'x-tenant': 'a' }, payload: { name: 'a', age: 1 } }, ['query']],
      [{ url: '/things/1?size=1', headers: { 'x-day': '2026-01-01' }, payload: { name: 'a', age: 1 } }, ['query', 'header']],
      [{ url: '/things/1?size=1&page=1', headers: { 'x-day': '2026-01-01' }, payload: { name: 'a' } }, ['body', 'header']],
      [{ url: '/things/x?size=1&page=1', headers: { 'x-day': '2026-01-01', 'x-tenant': 'a' }, payload: { name: 'a' } }, ['path', 'body']],
      [{ url: '/things/x?size=1&page=1', headers: { 'x-day': '2026-01-01', 'x-tenant': 'a' } }, ['path', 'body']]
    ] as const) {
      const { errors } = await refused(t, app, { method: 'POST', ...request })
      t.strictSame(errors.map(finding => finding.in), expected)
    }
  })
})

t.test('a body that may be missing may be missing', async t => {
  const app = await build(t)
  app.post('/things/:id', { schema: { params: Type.Object({ id: Type.Integer() }), body: Type.Union([needsName, Type.Null()]) } }, async () => 'accepted')
  t.equal((await app.inject({ method: 'POST', url: '/things/1' })).statusCode, 200)
  t.strictSame((await refused(t, app, { method: 'POST', url: '/things/x' })).errors.map(finding => finding.in), ['path'])
  t.equal((await refused(t, app, { method: 'POST', url: '/things/x', payload: {} })).errors[1]?.pointer, '/name')
})

t.test('an answer has twenty findings at most, and counts those', async t => {
  const app = await build(t)
  const names = Array.from({ length: 15 }, (_, index) => `p${index}`)
  const lacking = { type: 'object', required: names }
  app.post('/properties', { schema: { body: lacking, querystring: lacking } }, async () => 'accepted')
  app.post('/items', { schema: { body: { type: 'array', items: { type: 'integer' } } } }, async () => 'accepted')
  app.post('/lists', { schema: { body: { type: 'object', additionalProperties: { type: 'array', items: { type: 'integer' } } } } }, async () => 'accepted')

  const both = await refused(t, app, { method: 'POST', url: '/properties', payload: {} })
  t.equal(both.errors.length, 20)
  t.equal(both.detail, 'The request has 20 invalid parameters.')
  t.equal(both.errors.filter(finding => finding.in === 'query').length, 5)

  for (const [url, payload] of [['/items', Array(1000).fill('')], ['/lists', { a: Array(15).fill(''), b: Array(15).fill(''), c: [''] }]] as const) {
    const { errors } = await refused(t, app, { method: 'POST', url, payload })
    t.equal(errors.length, 20)
    t.equal(new Set(errors.map(finding => finding.pointer)).size, 20, 'all of them different')
  }
  const { errors } = await refused(t, app, { method: 'POST', url: '/items', payload: [1, '', ...Array(30).fill(1), ''] })
  t.strictSame(errors.map(finding => finding.pointer), ['/1', '/32'], 'valid items don\'t count')
})

t.test('no received value comes back, wherever it is', async t => {
  const app = await build(t)
  const wrong = Object.fromEntries(Object.entries({
    type: { type: 'integer' },
    format: { type: 'string', format: 'uuid' },
    pattern: { type: 'string', pattern: '^a+$' },
    enum: { enum: ['a', 'b'] },
    const: { const: 'a' },
    maxLength: { type: 'string', maxLength: 1 },
    not: { not: { type: 'string' } },
    anyOf: { anyOf: [{ type: 'integer' }, { const: 'a' }, { type: 'string', format: 'date' }] },
    oneOf: { oneOf: [{ type: 'string' }, { minLength: 1 }] },
    allOf: { allOf: [{ maxLength: 1 }, { pattern: '^a' }] },
    if: { if: { type: 'string' }, then: { maxLength: 1 } }
  }))
  const schema = { type: 'object', properties: wrong, additionalProperties: { const: 1 } }
  const all = Object.fromEntries([...Object.keys(wrong), 'more'].map(name => [name, marker]))
  app.post('/:type/:format', { schema: { params: schema, querystring: schema, headers: schema, body: schema } }, async () => 'accepted')

  const parts: Array<[string, InjectOptions]> = [
    ['path', { url: `/${marker}/${marker}`, payload: {} }],
    ['query', { url: `/1/a?${new URLSearchParams(all)}`, payload: {} }],
    ['header', { url: '/1/a', headers: all, payload: {} }],
    ['body', { url: '/1/a', payload: all }]
  ]
  for (const [part, request] of parts) {
    const { errors } = await refused(t, app, { method: 'POST', ...request })
    t.ok(errors.some(finding => finding.in === part), part)
  }
  const { errors } = await refused(t, app, { method: 'POST', url: `/${marker}/${marker}?${new URLSearchParams(all)}`, headers: all, payload: all })
  t.equal(errors.length, 20)
})

t.test('a pointer names a forbidden property, unless its name is very long', async t => {
  const app = await build(t)
  app.post('/closed', { schema: { body: { type: 'object', properties: {}, additionalProperties: false } } }, async () => 'accepted')
  app.post('/deep', { schema: { body: { type: 'object', additionalProperties: { type: 'object', additionalProperties: { type: 'integer' } } } } }, async () => 'accepted')
  app.post('/names', { schema: { body: { type: 'object', propertyNames: { maxLength: 3 } } } }, async () => 'accepted')
  app.get('/query', { schema: { querystring: { type: 'object', properties: {}, additionalProperties: false } } }, async () => 'accepted')

  const pointers = async (request: InjectOptions) => (await refused(t, app, request)).errors.map(finding => finding.pointer)
  const long = marker.repeat(1000)
  t.strictSame(await pointers({ method: 'POST', url: '/closed', payload: { 'a~/b': 1 } }), ['/a~0~1b'])
  t.strictSame(await pointers({ method: 'POST', url: '/closed', payload: { [long]: 1 } }), [''])
  t.strictSame(await pointers({ method: 'POST', url: '/closed', payload: { ['~'.repeat(200)]: 1 } }), [''], 'it is the pointer that is too long')
  t.strictSame(await pointers({ method: 'POST', url: '/closed', payload: { ['x'.repeat(255)]: 1 } }), [`/${'x'.repeat(255)}`])
  t.strictSame(await pointers({ method: 'POST', url: '/closed', payload: { ['x'.repeat(256)]: 1 } }), [''])
  t.strictSame(await pointers({ method: 'POST', url: '/deep', payload: { a: { [long]: '' } } }), ['/a'])
  t.strictSame(await pointers({ method: 'POST', url: '/deep', payload: { [long]: { a: '' } } }), [''])
  t.strictSame(await pointers({ method: 'POST', url: '/deep', payload: { ['x'.repeat(256)]: { a: '' } } }), [''])
  t.strictSame(await pointers({ method: 'POST', url: '/names', payload: { ok: 1, 'to/o long': 1 } }), ['/to~1o long', '/to~1o long'], 'names that must match too')
  t.strictSame(await pointers({ method: 'POST', url: '/names', payload: { [long]: 1 } }), ['', ''])
  t.strictSame(await pointers({ method: 'GET', url: `/query?${marker.repeat(100)}=1` }), [''])
})

t.test('a pointer leads from the part to what is wrong (RFC 6901 §4)', async t => {
  const app = await build(t)
  app.post('/', { schema: { body: { type: 'object', additionalProperties: { type: 'array', items: { type: 'object', additionalProperties: { type: 'integer' } } } } } }, async () => 'accepted')
  const names = ['a', '', '/', '~', '~1', '~01', 'a/b~c', ' ', '"', '\\', 'ä', '😀', '%2F', '0', '-']
  const body = Object.fromEntries(names.map(name => [name, [{ a: 1 }, { [name]: 'wrong' }]]))
  const { errors } = await refused(t, app, { ...post, payload: body })
  t.equal(errors.length, names.length)
  for (const { pointer } of errors) {
    const tokens = pointer.split('/').slice(1).map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    t.equal(tokens.reduce<any>((value, token) => value[token], body), 'wrong', pointer)
  }
})

t.test('where a route has a schema for each media type', async t => {
  const app = await build(t)
  app.addContentTypeParser('application/x-name', { parseAs: 'string' }, (_request, body, done) => { done(null, body) })
  const content = { 'application/json': { schema: needsName }, 'application/x-name': { schema: { type: 'string', maxLength: 3 } } }
  const schema = { body: { content }, params: Type.Object({ id: Type.Integer() }), querystring: Type.Object({ page: Type.Integer() }) }
  app.post('/things/:id', { schema }, async request => request.body)
  const request = (type: string, payload: string, path = '/things/1?page=1') => ({ method: 'POST', url: path, headers: { 'content-type': type }, payload }) as const

  t.test('each is validated by its own', async t => {
    t.equal((await app.inject(request('application/json', '{"name":"a"}'))).body, '{"name":"a"}')
    t.equal((await app.inject(request('application/json; charset=utf-8', '{"name":"a"}'))).statusCode, 200)
    t.equal((await app.inject(request('application/x-name', 'abc'))).body, 'abc')
    t.match((await refused(t, app, request('application/json', '{}'))).errors, [{ in: 'body', pointer: '/name', code: 'required' }])
    t.match((await refused(t, app, request('application/x-name', marker))).errors, [{ in: 'body', pointer: '', code: 'maxLength' }])
  })

  t.test('its findings stand among those of the other parts', async t => {
    const { errors } = await refused(t, app, request('application/json', '{}', '/things/x'))
    t.strictSame(errors.map(finding => finding.in + finding.pointer), ['path/id', 'body/name', 'query/page'])
  })

  t.test('another media type, which no schema would check, is refused', async t => {
    const refusal = await refused(t, app, request('text/plain', marker))
    t.match(refusal, { code: 'UNSUPPORTED_MEDIA_TYPE', detail: /media type/i })
    t.equal(refusal.errors, undefined)
    t.equal((await refused(t, app, request('application/xml', marker))).code, 'UNSUPPORTED_MEDIA_TYPE')
  })

  t.test('a missing body is refused, with the findings of the other parts', async t => {
    const { errors } = await refused(t, app, { method: 'POST', url: '/things/x?page=1' })
    t.match(errors, [{ in: 'path', pointer: '/id' }, { in: 'body', pointer: '', code: 'required', detail: 'must have a body' }])
    t.equal(errors.length, 2)
  })
})

t.test('data that is nested deeper than a recursive schema can follow is a 400', async t => {
  const app = await build(t)
  for (const schema of shared) app.addSchema(schema)
  app.post('/', { schema: { body: { $ref: 'List#' } } }, async () => 'accepted')
  const list = (levels: number) => ({ ...post, headers: { 'content-type': 'application/json' }, payload: '{"next":'.repeat(levels) + '{"value":1}' + '}'.repeat(levels) })
  t.equal((await app.inject(list(100))).statusCode, 200)
  t.strictSame((await refused(t, app, list(100_000))).errors, [{ in: 'body', pointer: '', code: 'nesting', detail: 'must not be nested so deeply' }])
  t.equal((await app.inject(list(100))).statusCode, 200, 'the server goes on answering')
})

t.test('with a validator compiler of the user\'s own', async t => {
  t.test('TypeBox\'s finds all, in all parts', async t => {
    const app = await build(t)
    app.setValidatorCompiler(TypeBoxValidatorCompiler)
    const schema = {
      params: Type.Object({ id: Type.Integer() }),
      querystring: Type.Object({ page: Type.Integer() }),
      headers: Type.Object({ 'x-count': Type.Integer() }),
      body: Type.Object({ name: Type.String(), 'a/b': Type.Integer() })
    }
    app.post('/:id', { schema }, async request => ({ body: request.body, query: request.query, params: request.params }))

    const { errors } = await refused(t, app, { method: 'POST', url: `/${marker}?page=${marker}`, headers: { 'x-count': marker }, payload: { name: 1, 'a/b': marker } })
    t.strictSame([...new Set(errors.map(finding => `${finding.in} ${finding.pointer}`))], ['path /id', 'body /name', 'body /a~1b', 'query /page', 'header /x-count'])
    for (const { code, detail } of errors) {
      t.equal(code, 'invalid')
      t.match(detail, /^Expected/)
    }
    const later = await refused(t, app, { method: 'POST', url: '/1', payload: { name: '', 'a/b': 1 } })
    t.strictSame([...new Set(later.errors.map(finding => finding.in + finding.pointer))], ['query/page', 'header/x-count'])

    const { statusCode, body } = await app.inject({ method: 'POST', url: '/1?page=2', headers: { 'x-count': '1' }, payload: { name: 'a', 'a/b': 1 } })
    t.equal(statusCode, 200)
    t.strictSame(JSON.parse(body), { body: { name: 'a', 'a/b': 1 }, query: { page: 2 }, params: { id: 1 } }, 'what it converts is left as it is')
  })

  const answers: Readonly<Record<string, { says: () => unknown, findings: Array<Partial<Finding>> }>> = {
    'an error of its own': { says: () => ({ error: new Error(marker) }), findings: [{ pointer: '', code: 'invalid', detail: 'must be valid' }] },
    'an error with another status': { says: () => ({ error: Object.assign(new Error(marker), { statusCode: 422, errors: [marker] }) }), findings: [{ code: 'invalid', detail: 'must be valid' }] },
    'an error that lists messages': { says: () => ({ error: Object.assign(new Error(marker), { errors: [{ message: marker, params: { missingProperty: marker } }] }) }), findings: [{ code: 'invalid', detail: 'must be valid' }] },
    'a list of strings': { says: () => ({ error: [marker, marker] }), findings: [{ code: 'invalid' }, { code: 'invalid' }] },
    'a list of nothing': { says: () => ({ error: [null, undefined] }), findings: [{ code: 'invalid' }, { code: 'invalid' }] },
    'an empty list': { says: () => ({ error: [] }), findings: [{ pointer: '', code: 'invalid', detail: 'must be valid' }] },
    'a list of other things': { says: () => ({ error: [{ instancePath: 7, params: null }, { keyword: 'min' }] }), findings: [{ pointer: '7' }, { code: 'min', pointer: '', detail: 'must be valid' }] },
    'a list with values': { says: () => ({ error: [{ instancePath: '/a', message: 'is bad', params: { missingProperty: marker, value: marker }, propertyName: marker }] }), findings: [{ pointer: '/a', detail: 'is bad' }] },
    'a very long path': { says: () => ({ error: [{ instancePath: marker.repeat(100) }] }), findings: [{ pointer: '' }] },
    false: { says: () => false, findings: [{ pointer: '/a', code: 'bad', detail: 'is bad' }] },
    'a promise of false': { says: async () => false, findings: [{ pointer: '/a', code: 'bad' }] },
    'a promise that is broken': { says: async () => { throw new Error(marker) }, findings: [{ code: 'invalid', detail: 'must be valid' }] }
  }
  for (const [title, { says, findings }] of Object.entries(answers)) {
    t.test(`that says ${title}`, async t => {
      const app = await build(t)
      app.post('/', { schema: { body: {} }, validatorCompiler: () => withErrors(says) }, async () => 'accepted')
      const { code, errors, detail } = await refused(t, app, { ...post, payload: { a: marker } })
      t.equal(code, 'VALIDATION_FAILED')
      t.match(detail, new RegExp(`^The request has ${findings.length} invalid`))
      t.match(errors, findings)
      t.equal(errors.length, findings.length)
      t.ok(errors.every(finding => finding.in === 'body'))
    })
    t.test(`that says ${title}, in a later part`, async t => {
      const app = await build(t)
      app.post('/', {
        schema: { body: {}, headers: {} },
        validatorCompiler: ({ httpPart }) => withErrors(() => httpPart === 'body' ? { error: [{ message: 'first' }] } : says())
      }, async () => 'accepted')
      const { errors } = await refused(t, app, { ...post, payload: { a: marker } })
      t.equal(errors[0]?.detail, 'first')
      // The answer doesn't wait for a promise
      t.match(errors.slice(1), title.startsWith('a promise') ? [] : findings)
      t.equal(errors.length, title.startsWith('a promise') ? 1 : 1 + findings.length)
    })
  }

  t.test('that throws, it is a 500', async t => {
    const throws: Array<() => unknown> = [
      () => { throw new Error(marker) },
      () => { throw new RangeError(marker) },
      () => { throw Object.assign(new Error(marker), { statusCode: 400 }) },
      () => reject(marker),
      () => reject(null)
    ]
    for (const says of throws) {
      const app = await build(t)
      app.post('/', { schema: { body: {} }, validatorCompiler: () => says as any }, async () => 'accepted')
      app.post('/later', {
        schema: { body: {}, querystring: {} },
        validatorCompiler: ({ httpPart }) => () => httpPart === 'body' ? { error: [{}] } : says() as any
      }, async () => 'accepted')
      t.equal((await refused(t, app, { ...post, payload: { a: marker } }, 500)).code, 'INTERNAL_SERVER_ERROR')
      t.equal((await refused(t, app, { method: 'POST', url: '/later', payload: { a: marker } }, 500)).code, 'INTERNAL_SERVER_ERROR')
    }
  })

  t.test('that throws a StatusError, it is that', async t => {
    const app = await build(t)
    app.post('/', { schema: { body: {} }, validatorCompiler: () => () => { throw forbidden('Not you.') } }, async () => 'accepted')
    app.post('/later', { schema: { body: {} }, validatorCompiler: () => (async () => { throw serviceUnavailable('Not now.') }) as any }, async () => 'accepted')
    t.equal((await refused(t, app, { ...post, payload: {} }, 403)).detail, 'Not you.')
    t.equal((await refused(t, app, { method: 'POST', url: '/later', payload: {} }, 503)).detail, 'Not now.')
  })

  t.test('that accepts, the request goes on', async t => {
    const app = await build(t)
    const says: Readonly<Record<string, unknown>> = { true: true, value: { value: { kept: 1 } }, undefined, promise: Promise.resolve(true), null: null }
    for (const [name, said] of Object.entries(says)) {
      app.post(`/${name}`, { schema: { body: {} }, validatorCompiler: () => () => said as any }, async request => request.body)
    }
    for (const name of Object.keys(says)) {
      t.equal((await app.inject({ method: 'POST', url: `/${name}`, payload: { a: 1 } })).statusCode, 200, name)
    }
    t.strictSame((await app.inject({ method: 'POST', url: '/value', payload: { a: 1 } })).json(), { kept: 1 })
  })
})

t.test('with asynchronous schemas of Ajv', async t => {
  const app = await build(t, {}, {
    ajv: {
      customOptions: {
        keywords: [{
          keyword: 'isFree',
          async: true,
          type: 'string',
          validate: async (_schema: unknown, value: string) => {
            if (value === 'down') throw new Error(marker)
            return value !== 'taken'
          }
        }]
      }
    }
  })
  const names = { $async: true, type: 'object', required: ['name'], properties: { name: { type: 'string', isFree: true } } }
  app.post('/', { schema: { body: names, querystring: Type.Object({ page: Type.Integer() }) } }, async () => 'accepted')
  app.post('/later', { schema: { body: needsName, querystring: names } }, async () => 'accepted')

  t.test('a refusal is a finding, and the parts behind it are validated', async t => {
    t.match((await refused(t, app, { ...post, payload: { name: 'taken' } })).errors, [{ in: 'body', pointer: '/name', code: 'isFree' }, { in: 'query', pointer: '/page' }])
    t.match((await refused(t, app, { ...post, payload: {} })).errors, [{ in: 'body', pointer: '/name', code: 'required' }, { in: 'query', pointer: '/page' }])
    t.match((await refused(t, app, { ...post, payload: { name: 'free' } })).errors, [{ in: 'query', pointer: '/page' }])
    t.equal((await app.inject({ method: 'POST', url: '/?page=1', payload: { name: 'free' } })).statusCode, 200)
  })
  t.test('behind another refusal they aren\'t waited for, and break nothing', async t => {
    t.match((await refused(t, app, { method: 'POST', url: '/later?name=taken', payload: {} })).errors, [{ in: 'body', pointer: '/name' }])
    t.match((await refused(t, app, { method: 'POST', url: '/later?name=down', payload: {} })).errors, [{ in: 'body', pointer: '/name' }])
    t.match((await refused(t, app, { method: 'POST', url: '/later?name=taken', payload: { name: 'a' } })).errors, [{ in: 'query', pointer: '/name', code: 'isFree' }])
  })
  t.test('what they throw doesn\'t come back', async t => {
    t.equal((await refused(t, app, { method: 'POST', url: '/?page=1', payload: { name: 'down' } })).code, 'VALIDATION_FAILED')
  })
})

t.test('with a schema error formatter', async t => {
  t.test('of the route, or of the scope, findings are told all the same', async t => {
    const app = await build(t)
    const seen: unknown[] = []
    const schemaErrorFormatter = (errors: unknown, part: string) => {
      seen.push(part)
      return Object.assign(new Error(marker), { statusCode: 422 })
    }
    app.post('/', { schema: { body: needsName }, schemaErrorFormatter }, async () => 'accepted')
    app.register(async scope => {
      scope.setSchemaErrorFormatter(schemaErrorFormatter)
      scope.post('/scope', { schema: { body: needsName, querystring: Type.Object({ page: Type.Integer() }) } }, async () => 'accepted')
    })
    t.match((await refused(t, app, { ...post, payload: {} })).errors, [{ in: 'body', pointer: '/name', code: 'required' }])
    t.match((await refused(t, app, { method: 'POST', url: '/scope', payload: {} })).errors, [{ in: 'body', pointer: '/name' }, { in: 'query', pointer: '/page' }])
    t.strictSame(seen, ['body', 'body'])
  })
})

t.test('with attachValidation', async t => {
  const app = await build(t)
  const schema = { body: Type.Object({ name: Type.String(), age: Type.Integer() }), querystring: Type.Object({ page: Type.Integer() }) }
  app.post('/told', { schema, attachValidation: true }, async request => request.validationError?.validation?.map((error: FastifySchemaValidationError) => error.instancePath + error.keyword))
  app.post('/thrown', { schema, attachValidation: true }, async request => { throw request.validationError })

  t.test('the handler is told what is wrong', async t => {
    t.strictSame((await app.inject({ method: 'POST', url: '/told', payload: { name: 1 } })).json(), ['required', '/nametype'])
  })
  t.test('and may throw it', async t => {
    const { errors } = await refused(t, app, { method: 'POST', url: '/thrown', payload: { name: marker, age: marker } })
    t.strictSame(errors.map(finding => finding.in + finding.pointer), ['body/age', 'query/page'])
  })
})

t.test('an error that only looks like one of validation', async t => {
  const app = await build(t)
  const errors: Readonly<Record<string, unknown>> = {
    'no error': { validationContext: 'body', validation: [{ message: marker }], statusCode: 400 },
    'an unknown part': Object.assign(new Error(marker), { validationContext: 'cookies', validation: [{ message: marker }] }),
    'a part that can\'t be': Object.assign(new Error(marker), { validationContext: { toString: () => 'body' } }),
    'the server\'s fault': Object.assign(new Error(marker), { validationContext: 'body', statusCode: 502 })
  }
  app.get('/', async request => { throw errors[request.headers['x-error'] as string] })
  for (const title of Object.keys(errors)) {
    t.equal((await refused(t, app, { url: '/', headers: { 'x-error': title } }, 500)).code, 'INTERNAL_SERVER_ERROR', title)
  }
})
