import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { Ajv } from 'ajv'
import Fastify, { type FastifyInstance, type FastifyServerOptions, type InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import ptStatus, { type Finding, type PtStatusOptions } from '../../lib/index.ts'
import { marker, shared } from '../cases/requests.ts'

async function build (t: Test, options: PtStatusOptions = {}, serverOptions: FastifyServerOptions = {}): Promise<FastifyInstance> {
  const app = Fastify(serverOptions)
  t.teardown(() => app.close())
  await app.register(ptStatus, options)
  return app
}

/** The findings of a request that must be refused, as `in/pointer code`. */
async function findings (t: Test, app: FastifyInstance, request: InjectOptions): Promise<string[]> {
  const answer = await app.inject(request)
  t.equal(answer.statusCode, 400)
  t.match(answer.json(), { status: 400, code: 'VALIDATION_FAILED' })
  return (answer.json().errors as Finding[]).map(finding => `${finding.in}${finding.pointer} ${finding.code}`)
}

/** What the handler gets of a request that must be accepted. */
async function accepted (t: Test, app: FastifyInstance, request: InjectOptions): Promise<Record<string, any>> {
  const answer = await app.inject(request)
  t.equal(answer.statusCode, 200, answer.body)
  return answer.json()
}

const post = { method: 'POST', url: '/' } as const

/** Each part with a property for each type. */
const types = {
  type: 'object',
  properties: {
    integer: { type: 'integer' },
    number: { type: 'number' },
    boolean: { type: 'boolean' },
    string: { type: 'string' },
    null: { type: 'null' },
    integers: { type: 'array', items: { type: 'integer' } },
    defaulted: { type: 'integer', default: 7 }
  },
  additionalProperties: false
}

function declareTypes (app: FastifyInstance): void {
  app.post('/:integer', { schema: { params: types, querystring: types, headers: types, body: types } }, async ({ params, query, headers, body }) => ({ params, query, headers, body }))
}

t.test('path, query and header fields are coerced, since the wire has no types for them; the body isn\'t', async t => {
  const app = await build(t)
  declareTypes(app)
  const text = { integer: '1', number: '1.5', boolean: 'true', string: '2', null: '', integers: '3' }
  const values = { integer: 1, number: 1.5, boolean: true, string: '2', null: null, integers: [3], defaulted: 7 }

  const request = { method: 'POST', url: `/1?${new URLSearchParams(text)}`, headers: text, payload: {} } as const
  t.match(await accepted(t, app, request), { params: { integer: 1, defaulted: 7 }, query: values, headers: values, body: { defaulted: 7 } })
  t.strictSame((await accepted(t, app, { method: 'POST', url: '/1?integers=1&integers=2', payload: {} }))['query'], { integers: [1, 2], defaulted: 7 })
  t.strictSame((await accepted(t, app, { ...request, payload: values }))['body'], values)
  t.strictSame(await findings(t, app, { ...request, payload: text }), [
    'body/integer type', 'body/number type', 'body/boolean type', 'body/null type', 'body/integers type'
  ])
})

t.test('properties that a schema forbids are refused in path, query and body, and dropped from the header fields', async t => {
  const app = await build(t)
  declareTypes(app)
  const { headers } = await accepted(t, app, { method: 'POST', url: '/1', headers: { integer: '1', 'x-more': 'more' }, payload: {} })
  t.strictSame(headers, { integer: 1, defaulted: 7 }, 'as Fastify does')
  t.strictSame(await findings(t, app, { method: 'POST', url: '/1?more=1', headers: { 'x-more': '1' }, payload: { more: 1 } }), [
    'body/more additionalProperties', 'query/more additionalProperties'
  ])
})

t.test('what a schema doesn\'t forbid is left alone', async t => {
  const app = await build(t)
  app.post('/', { schema: { body: { type: 'object', properties: { a: { type: 'integer' } } }, querystring: { type: 'object', properties: {} } } }, async ({ body, query }) => ({ body, query }))
  t.strictSame(await accepted(t, app, { method: 'POST', url: '/?b=1', payload: { a: 1, b: { c: '2' } } }), { body: { a: 1, b: { c: '2' } }, query: { b: '1' } })
})

t.test('validation.coerceBody brings coercion back', async t => {
  const app = await build(t, { validation: { coerceBody: true } })
  declareTypes(app)
  const { body } = await accepted(t, app, { method: 'POST', url: '/1', payload: { integer: '1', boolean: 'true', integers: '3' } })
  t.strictSame(body, { integer: 1, boolean: true, integers: [3], defaulted: 7 })
  t.strictSame(await findings(t, app, { method: 'POST', url: '/1', payload: { integer: 'x', more: 1 } }), ['body/more additionalProperties', 'body/integer type'])
})

t.test('validation.removeAdditional brings removal back', async t => {
  const app = await build(t, { validation: { removeAdditional: true } })
  declareTypes(app)
  const { body, query } = await accepted(t, app, { method: 'POST', url: '/1?more=1', payload: { integer: 1, more: 1 } })
  t.strictSame({ body, query }, { body: { integer: 1, defaulted: 7 }, query: { defaulted: 7 } })
  t.strictSame(await findings(t, app, { method: 'POST', url: '/1', payload: { integer: '1' } }), ['body/integer type'])
})

t.test('validation: false leaves validation as Fastify does it, and still shapes what it says', async t => {
  const app = await build(t, { validation: false })
  declareTypes(app)
  app.post('/', { schema: { body: { content: { 'application/json': { schema: types } } } } }, async ({ body }) => ({ body }))
  const { body } = await accepted(t, app, { method: 'POST', url: '/1?more=1', payload: { integer: '1', more: 1 } })
  t.strictSame(body, { integer: 1, defaulted: 7 })
  t.strictSame(await findings(t, app, { method: 'POST', url: '/x?integer=x&number=x', payload: { integer: 'x', number: 'x' } }), [
    'path/integer type', 'body/integer type', 'query/integer type'
  ])
  t.strictSame(await accepted(t, app, { ...post, headers: { 'content-type': 'text/plain' }, payload: 'text' }), { body: 'text' })
})

t.test('the options of each scope are its own', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  for (const [prefix, validation] of [['/strict', {}], ['/coercing', { coerceBody: true }], ['/fastify', false]] as const) {
    app.register(async scope => {
      await scope.register(ptStatus, { validation })
      declareTypes(scope)
      scope.post('/media', { schema: { body: { content: { 'application/json': { schema: types } } } } }, async () => ({}))
    }, { prefix })
  }
  const request = (prefix: string) => ({ method: 'POST', url: `${prefix}/1`, payload: { integer: '1' } }) as const
  t.strictSame(await findings(t, app, request('/strict')), ['body/integer type'])
  t.match(await accepted(t, app, request('/coercing')), { body: { integer: 1 } })
  t.match(await accepted(t, app, request('/fastify')), { body: { integer: 1 } })

  t.test('in a scope within a scope as well', async t => {
    const app = await build(t)
    declareTypes(app)
    app.register(async scope => {
      await scope.register(ptStatus, { validation: false })
      declareTypes(scope)
      scope.post('/media', { schema: { body: { content: { 'application/json': { schema: types } } } } }, async () => ({}))
    }, { prefix: '/left' })
    app.register(async scope => {
      await scope.register(ptStatus, { validation: { coerceBody: true } })
      declareTypes(scope)
    }, { prefix: '/coercing' })
    t.strictSame(await findings(t, app, request('')), ['body/integer type'])
    t.match(await accepted(t, app, request('/coercing')), { body: { integer: 1 } })
    t.strictSame(await findings(t, app, request('/left')), ['body/integer type'], 'false leaves what the scope above has')
    await accepted(t, app, { method: 'POST', url: '/left/media' })
  })
})

t.test('shared schemas', async t => {
  t.test('are referred to from each part, and are told apart by scope', async t => {
    const app = await build(t)
    app.addSchema({ $id: 'Id', type: 'integer', minimum: 1 })
    app.addSchema({ $id: 'Paging', type: 'object', required: ['page'], properties: { page: { $ref: 'Id#' } }, additionalProperties: false })
    for (const [prefix, name] of [['/a', 'string'], ['/b', 'integer']] as const) {
      app.register(async scope => {
        scope.addSchema({ $id: 'Thing', type: 'object', required: ['id', 'name'], properties: { id: { $ref: 'Id#' }, name: { type: name } } })
        scope.post('/:id', {
          schema: {
            params: { type: 'object', properties: { id: { $ref: 'Id#' } } },
            querystring: { $ref: 'Paging#' },
            headers: { type: 'object', required: ['X-Tenant'], properties: { 'X-Tenant': { type: 'integer' } } },
            body: { type: 'array', items: { $ref: 'Thing#' } }
          }
        }, async ({ params, query, body }) => ({ params, query, body }))
      }, { prefix })
    }
    const request = (url: string, name: unknown) => ({ method: 'POST', url, headers: { 'x-tenant': '1' }, payload: [{ id: 1, name }] }) as const
    t.strictSame(await accepted(t, app, request('/a/1?page=2', 'x')), { params: { id: 1 }, query: { page: 2 }, body: [{ id: 1, name: 'x' }] })
    t.strictSame(await findings(t, app, request('/b/1?page=2', 'x')), ['body/0/name type'])
    await accepted(t, app, request('/b/1?page=2', 5))
    t.strictSame(await findings(t, app, { method: 'POST', url: '/a/0?pgae=1', payload: [{}, { id: '1', name: 'x' }] }), [
      'path/id minimum', 'body/0/id required', 'body/0/name required', 'body/1/id type',
      'query/page required', 'query/pgae additionalProperties', 'header/x-tenant required'
    ].sort((a, b) => ['path', 'body', 'query', 'header'].indexOf(a.split('/')[0]!) - ['path', 'body', 'query', 'header'].indexOf(b.split('/')[0]!)))
  })

  t.test('may refer to themselves', async t => {
    const app = await build(t)
    for (const schema of shared) app.addSchema(schema)
    app.post('/', { schema: { body: { $ref: 'Node#' } } }, async ({ body }) => ({ body }))
    const node = (v: unknown, ...children: object[]) => ({ v, children })
    await accepted(t, app, { ...post, payload: node(1, node(2, node(3)), node(4)) })
    t.strictSame(await findings(t, app, { ...post, payload: node(1, node('', node(null)), node(4, {})) }), [
      'body/children/0/v type', 'body/children/0/children/0/v type', 'body/children/1/children/0/v required'
    ])
  })

  t.test('of the plugin\'s own names may be the user\'s', async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    app.addSchema({ $id: 'NotFoundProblem', type: 'object', properties: { mine: { type: 'integer' } } })
    await app.register(ptStatus)
    t.match(app.getSchema('NotFoundProblem'), { properties: { mine: { type: 'integer' } } })
    app.post('/', { schema: { body: { $ref: 'NotFoundProblem#' }, response: { 200: { $ref: 'NotFoundProblem#' } } } }, async ({ body }) => body)
    t.strictSame(await findings(t, app, { ...post, payload: { mine: 'x' } }), ['body/mine type'])
    t.strictSame(await accepted(t, app, { ...post, payload: { mine: 1, other: 2 } }), { mine: 1 })
  })

  t.test('are used by responses', async t => {
    const app = await build(t)
    app.addSchema({ $id: 'Thing', type: 'object', properties: { name: { type: 'string' } } })
    const problem = { type: 'about:blank', title: 'Not Found', status: 404, code: 'A', detail: 'B', instance: '/', requestId: '1' }
    app.addSchema({ $id: 'Report', type: 'object', properties: { problem: { $ref: 'NotFoundProblem#' } } })
    app.get('/problem', { schema: { response: { 200: { $ref: 'Report#' }, 404: { $ref: 'NotFoundProblem#' } } } }, async () => ({ problem: { ...problem, secret: marker } }))
    app.get('/referring', { schema: { response: { 200: { type: 'array', items: { $ref: 'Thing#' } } } } }, async () => [{ name: 'a', secret: marker }])
    app.get('/plain', { schema: { response: { 200: { type: 'object', properties: { name: { type: 'string' } } } } } }, async () => ({ name: 'a', secret: marker }))
    t.strictSame((await app.inject('/problem')).json(), { problem })
    t.equal((await app.inject('/referring')).body, '[{"name":"a"}]')
    t.equal((await app.inject('/plain')).body, '{"name":"a"}')
    await t.rejects(async () => {
      const app = await build(t)
      app.get('/', { schema: { response: { 200: { $ref: 'Nothing#' } } } }, async () => ({}))
      await app.ready()
    }, { code: 'FST_ERR_SCH_SERIALIZATION_BUILD' })
  })
})

t.test('the same schema may stand on many routes, and in many parts', async t => {
  const app = await build(t)
  const schema = { $id: 'Same', type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
  for (const url of ['/a/:id', '/b/:id']) app.post(url, { schema: { params: schema, querystring: schema, body: schema } }, async ({ params, query, body }) => ({ params, query, body }))
  for (const path of ['/a', '/b']) {
    t.strictSame(await accepted(t, app, { method: 'POST', url: `${path}/1?id=2`, payload: { id: 3 } }), { params: { id: 1 }, query: { id: 2 }, body: { id: 3 } })
    t.strictSame(await findings(t, app, { method: 'POST', url: `${path}/x`, payload: { id: '3' } }), ['path/id type', 'body/id type', 'query/id required'])
  }
})

t.test('boolean schemas', async t => {
  const app = await build(t)
  app.post('/all', { schema: { body: true } }, async () => ({}))
  app.post('/none', { schema: { body: false } }, async () => ({}))
  await accepted(t, app, { method: 'POST', url: '/all', payload: { a: 1 } })
  t.strictSame(await findings(t, app, { method: 'POST', url: '/none', payload: { a: 1 } }), ['body false schema'])
})

t.test('a value that isn\'t an object is coerced where it is asked for', async t => {
  const app = await build(t, { validation: { coerceBody: true } })
  app.post('/', { schema: { body: { type: 'integer' } } }, async ({ body }) => ({ body }))
  t.strictSame(await accepted(t, app, { ...post, headers: { 'content-type': 'text/plain' }, payload: '5' }), { body: 5 })
})

t.test('defaults are filled in, as Fastify does', async t => {
  const app = await build(t)
  const paging = Type.Object({ page: Type.Integer({ default: 1 }), sort: Type.Optional(Type.String({ default: 'name' })) })
  app.post('/', { schema: { querystring: paging, body: paging } }, async ({ query, body }) => ({ query, body }))
  const page = { page: 1, sort: 'name' }
  t.strictSame(await accepted(t, app, { ...post, payload: {} }), { query: page, body: page })
  t.strictSame(await findings(t, app, { ...post, payload: { page: 'x' } }), ['body/page type'])
})

t.test('the server\'s ajv options', async t => {
  t.test('customOptions add formats and keywords, to what decides and to what finds', async t => {
    const app = await build(t, {}, {
      ajv: {
        customOptions: {
          formats: { even: { type: 'number', validate: (value: number) => value % 2 === 0 }, code: /^[A-Z]{3}$/ },
          keywords: [{ keyword: 'isShort', type: 'string', errors: false, validate: (_schema: unknown, value: string) => value.length < 4 }],
          useDefaults: false
        }
      }
    })
    const schema = { type: 'object', properties: { n: { type: 'integer', format: 'even', default: 2 }, code: { type: 'string', format: 'code' }, s: { type: 'string', isShort: true } } }
    app.post('/', { schema: { body: schema, querystring: schema } }, async ({ body }) => ({ body }))
    t.strictSame(await accepted(t, app, { ...post, payload: { code: 'ABC', s: 'abc' } }), { body: { code: 'ABC', s: 'abc' } })
    t.strictSame(await findings(t, app, { method: 'POST', url: '/?n=3&s=abcd', payload: { n: 3, code: marker, s: marker } }), [
      'body/n format', 'body/code format', 'body/s isShort', 'query/n format', 'query/s isShort'
    ])
  })

  t.test('coerceTypes holds for what isn\'t the body', async t => {
    const app = await build(t, {}, { ajv: { customOptions: { coerceTypes: false } } })
    app.post('/:id', { schema: { params: Type.Object({ id: Type.Integer() }), body: Type.Object({ n: Type.Integer() }) } }, async () => ({}))
    t.strictSame(await findings(t, app, { method: 'POST', url: '/1', payload: { n: '1' } }), ['path/id type', 'body/n type'])
  })

  t.test('plugins and onCreate are applied', async t => {
    const created: Ajv[] = []
    const app = await build(t, {}, {
      ajv: {
        plugins: [
          (ajv: Ajv) => ajv.addKeyword({ keyword: 'even', type: 'number', validate: (_schema: unknown, value: number) => value % 2 === 0 }),
          [(ajv: Ajv, { format }: { format: string }) => ajv.addFormat(format, /^x/), { format: 'ex' }] as any
        ],
        onCreate: ajv => {
          created.push(ajv)
          ajv.addKeyword({ keyword: 'odd', type: 'number', validate: (_schema: unknown, value: number) => value % 2 === 1 })
        }
      }
    })
    app.post('/', { schema: { body: { type: 'object', properties: { a: { type: 'integer', even: true }, b: { type: 'integer', odd: true }, c: { type: 'string', format: 'ex' } } } } }, async () => ({}))
    await accepted(t, app, { ...post, payload: { a: 2, b: 1, c: 'x' } })
    t.strictSame(await findings(t, app, { ...post, payload: { a: 1, b: 2, c: 'y' } }), ['body/a even', 'body/b odd', 'body/c format'])
    t.ok(created.length > 0)
  })

  t.test('allErrors changes nothing', async t => {
    const app = await build(t, {}, { ajv: { customOptions: { allErrors: true } } })
    app.post('/', { schema: { body: { type: 'array', items: { type: 'integer' } } } }, async () => ({}))
    t.equal((await findings(t, app, { ...post, payload: Array(100).fill('') })).length, 20)
    await accepted(t, app, { ...post, payload: [1] })
  })

  t.test('code.process is applied', async t => {
    let processed = 0
    const app = await build(t, {}, { ajv: { customOptions: { code: { process: source => { processed++; return source } } } } })
    app.post('/', { schema: { body: { type: 'object', additionalProperties: { type: 'integer' } } } }, async () => ({}))
    t.strictSame(await findings(t, app, { ...post, payload: { 'a/b': 'x' } }), ['body/a~1b type'])
    t.ok(processed > 0)
  })

  t.test('mode JTD validates JSON Type Definitions', async t => {
    const app = await build(t, {}, { ajv: { mode: 'JTD' } as any })
    const schema = { properties: { name: { type: 'string' } }, optionalProperties: { age: { type: 'uint8' } } }
    app.post('/', { schema: { body: schema, headers: { properties: { 'x-tenant': { type: 'string' } } } } }, async ({ body }) => ({ body }))
    app.post('/deep', { schema: { body: { definitions: { list: { optionalProperties: { next: { ref: 'list' } } } }, ref: 'list' } } }, async () => ({}))
    const headers = { 'x-tenant': 'a' }
    t.strictSame(await accepted(t, app, { ...post, headers, payload: { name: 'a', age: 1 } }), { body: { name: 'a', age: 1 } })
    t.strictSame(await findings(t, app, { ...post, payload: {} }), ['body/name properties', 'header/x-tenant properties'])
    t.strictSame(await findings(t, app, { ...post, headers, payload: { name: 1 } }), ['body/name type'])
    t.strictSame(await findings(t, app, { ...post, headers, payload: { name: 'a', 'm/ore': marker } }), ['body/m~1ore properties'])
    const list = (levels: number) => ({ method: 'POST', url: '/deep', headers: { 'content-type': 'application/json' }, payload: '{"next":'.repeat(levels) + '{}' + '}'.repeat(levels) }) as const
    await accepted(t, app, list(10))
    t.strictSame(await findings(t, app, list(100_000)), ['body nesting'])
  })
})

t.test('what finds everything is made of the same schema as what decides; where it can\'t be, the first finding is told', async t => {
  let compiled = 0
  const once = () => {
    if (++compiled > 1) throw new Error(marker)
    return () => false
  }
  const app = await build(t, {}, { ajv: { customOptions: { keywords: [{ keyword: 'once', compile: once }] } } })
  app.post('/', { schema: { body: { type: 'object', properties: { a: { once: true }, b: { type: 'integer' } } } } }, async () => ({}))
  t.strictSame(await findings(t, app, { ...post, payload: { a: 1, b: 'x' } }), ['body/a once'])
  t.equal(compiled, 2)
})

t.test('what there is to log of a schema is logged once', async t => {
  const logged: string[] = []
  const logger = { log () {}, warn (message: string) { logged.push(message) }, error () {} }
  const app = await build(t, {}, { ajv: { customOptions: { logger } } })
  app.post('/', { schema: { body: { type: 'object', properties: { a: { type: ['string', 'number'] } } } } }, async () => ({}))
  await app.ready()
  t.match(logged, [/strict mode/])
  t.strictSame(await findings(t, app, { ...post, payload: { a: true } }), ['body/a type'])
  t.equal(logged.length, 1)
})

t.test('a keyword that throws is a 500', async t => {
  const app = await build(t, {}, { ajv: { customOptions: { keywords: [{ keyword: 'bad', validate: () => { throw new TypeError(marker) } }] } } })
  app.post('/', { schema: { body: { type: 'object', properties: { a: { bad: true } } } } }, async () => ({}))
  const answer = await app.inject({ ...post, payload: { a: 1 } })
  t.equal(answer.statusCode, 500)
  t.notMatch(answer.body, marker)
})

t.test('a schema that doesn\'t compile stops the start', async t => {
  const app = await build(t)
  app.post('/', { schema: { body: { type: 'nothing' } } }, async () => ({}))
  await t.rejects(async () => app.ready(), { code: 'FST_ERR_SCH_VALIDATION_BUILD' })
})

t.test('a compiler that the user has set', async t => {
  const schema = { body: Type.Object({ n: Type.Integer() }), response: { 200: Type.Object({ n: Type.Integer() }) } }
  const declare = (scope: FastifyInstance) => { scope.post('/', { schema }, async ({ body }) => body) }
  const valid = { ...post, payload: { n: 1 } }
  const invalid = { ...post, payload: { n: 'x' } }

  t.test('before the plugin is left alone', async t => {
    const app = Fastify()
    t.teardown(() => app.close())
    app.setValidatorCompiler(TypeBoxValidatorCompiler)
    app.setSerializerCompiler(() => value => JSON.stringify({ mine: value }))
    await app.register(ptStatus)
    // From here Fastify builds compilers anew
    app.addSchema({ $id: 'Later', type: 'object' })
    declare(app)
    t.match(await findings(t, app, invalid), ['body/n invalid'])
    t.strictSame(await accepted(t, app, valid), { mine: { n: 1 } })
  })

  t.test('after the plugin is left alone', async t => {
    const app = await build(t)
    app.setValidatorCompiler(TypeBoxValidatorCompiler)
    app.setSerializerCompiler(() => value => JSON.stringify({ mine: value }))
    declare(app)
    t.match(await findings(t, app, invalid), ['body/n invalid'])
    t.strictSame(await accepted(t, app, valid), { mine: { n: 1 } })
  })

  t.test('in a scope below is left alone, and is only that scope\'s', async t => {
    const app = await build(t)
    declare(app)
    app.register(async scope => {
      scope.setValidatorCompiler(TypeBoxValidatorCompiler)
      declare(scope)
    }, { prefix: '/below' })
    t.match(await findings(t, app, { ...invalid, url: '/below' }), ['body/n invalid'])
    t.match(await findings(t, app, invalid), ['body/n type'])
  })

  t.test('for a route is left alone', async t => {
    const app = await build(t)
    app.post('/', { schema, validatorCompiler: TypeBoxValidatorCompiler as any, serializerCompiler: () => value => JSON.stringify({ mine: value }) }, async ({ body }) => body)
    t.match(await findings(t, app, invalid), ['body/n invalid'])
    t.strictSame(await accepted(t, app, valid), { mine: { n: 1 } })
  })
})

t.test('what is validated by hand is validated by the same rules', async t => {
  const app = await build(t)
  app.post('/', async request => {
    const validate = request.compileValidationSchema({ type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, additionalProperties: false }, 'body')
    return { valid: validate(request.body), errors: validate.errors?.map(error => error.keyword) ?? [] }
  })
  t.strictSame(await accepted(t, app, { ...post, payload: { a: 1 } }), { valid: true, errors: [] })
  t.strictSame(await accepted(t, app, { ...post, payload: { a: '1', b: '2', c: 3 } }), { valid: false, errors: ['additionalProperties', 'type', 'type'] })
})
