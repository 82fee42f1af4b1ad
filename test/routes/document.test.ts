import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import ptStatus, { type PtStatusOptions } from '../../lib/index.ts'

const handler = async () => ({})
const thing = Type.Object({ id: Type.String() }, { description: 'A thing' })

async function documentOf (declare: (app: FastifyInstance) => unknown, { first = 'swagger', ...options }: PtStatusOptions & { first?: 'swagger' | 'plugin' } = {}): Promise<any> {
  const app = Fastify()
  const register = {
    swagger: () => app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Things', version: '1' },
        components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } }
      },
      refResolver: { buildLocalReference: json => String(json.$id) }
    }),
    plugin: () => app.register(ptStatus, options)
  }
  await register[first]()
  await register[first === 'swagger' ? 'plugin' : 'swagger']()
  await declare(app)
  await app.ready()
  return structuredClone(app.swagger())
}

function declareThings (app: FastifyInstance) {
  app.addSchema({ $id: 'Owner', type: 'object', properties: { name: { type: 'string' } } })
  app.get('/things/:id', { schema: { params: thing, response: { 200: thing } }, config: { access: { scopes: ['things:read'] } } }, handler)
  app.post('/things', { schema: { body: thing, response: { 201: thing } } }, handler)
  app.delete('/things/:id', { schema: { response: { 204: Type.Null() } } }, handler)
  app.get('/owner', { schema: { response: { 200: { $ref: 'Owner#' } } }, config: { access: 'public' } }, handler)
  app.get('/csv', { schema: { produces: ['text/csv'], response: { 200: Type.String(), 404: Type.Object({}, { description: 'No such table' }) } } }, handler)
  app.get('/xml', { schema: { response: { 200: { description: 'As XML', content: { 'application/xml': { schema: Type.String() } } } } } }, handler)
  app.get('/range', { schema: { response: { '2xx': thing } } }, handler)
  app.get('/undeclared', handler)
  app.get('/hidden', { schema: { hide: true } }, handler)
}

for (const first of ['swagger', 'plugin'] as const) {
  for (const format of ['problem', 'envelope'] as const) {
    t.test(`the OpenAPI 3.1 document with ${format} bodies, ${first} registered first, is valid`, async t => {
      const document = await documentOf(declareThings, { first, format, authenticate: () => null, securityScheme: 'bearer' })
      const { valid, errors } = await new Validator().validate(structuredClone(document))
      t.ok(valid, JSON.stringify(errors))
    })
  }
}

t.test('a transform of @fastify/swagger may change the responses, or give others', async t => {
  const app = Fastify()
  await app.register(swagger, {
    openapi: { openapi: '3.1.0' },
    transform: ({ schema, url }) => {
      const documented = schema as unknown as { response: Record<string, { description: string }> }
      if (url === '/others') documented.response = { 200: { description: 'Another' } }
      else documented.response[200]!.description = 'Changed'
      return { schema, url }
    }
  })
  await app.register(ptStatus)
  app.get('/changed', handler)
  app.get('/others', handler)
  await app.ready()
  t.match(app.swagger().paths, {
    '/changed': { get: { responses: { 200: { description: 'Changed' } } } },
    '/others': { get: { responses: { 200: { description: 'Another' }, 503: undefined } } }
  })
})

t.test('the document lists for each operation exactly the codes of the contract', async t => {
  const app = Fastify()
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(ptStatus, { authenticate: () => null })
  declareThings(app)
  await app.ready()
  const operations = new Map(Object.entries(app.swagger().paths!).flatMap(([path, item]) =>
    Object.entries(item as Record<string, any>).map(([method, { responses }]) => [`${method} ${path}`, Object.keys(responses).map(Number)])
  ))
  const contract = app.ptStatus.contract().filter(({ method }) => method !== 'HEAD')
  t.equal(operations.size, contract.length)
  for (const { method, url, codes } of contract) {
    t.same(operations.get(`${method.toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`), codes, `${method} ${url}`)
  }
})

t.test('each refusal refers to one shared schema, and has the header field of its code', async t => {
  const { paths, components } = await documentOf(declareThings, { authenticate: () => null })
  const { responses } = paths['/things/{id}'].get
  const names: Record<string, string> = {
    400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 500: 'InternalServerError', 503: 'ServiceUnavailable'
  }
  for (const [code, name] of Object.entries(names)) {
    t.same(responses[code].content, { 'application/problem+json': { schema: { $ref: `#/components/schemas/${name}Problem` } } })
    t.ok(components.schemas[`${name}Problem`])
    t.match(responses[code].description, /\w/)
  }
  t.ok(responses[401].headers['WWW-Authenticate'])
  t.equal(responses[503].headers['Retry-After'].schema.type, 'integer')
  t.ok(paths['/things'].post.responses[201].headers.Location)
  t.ok(responses[200].headers.ETag && responses[304].headers.ETag)
  t.notOk(responses[404].headers)
  t.notOk((await documentOf(app => { app.get('/', { schema: { response: { 200: thing } } }, handler) }, { etag: false })).paths['/'].get.responses[200].headers)
})

t.test('what a route declares of its successes stays', async t => {
  const { paths } = await documentOf(declareThings, { authenticate: () => null })
  t.match(paths['/things'].post.responses[201], { description: 'A thing', content: { 'application/json': { schema: { required: ['id'] } } } })
  t.same(paths['/things/{id}'].delete.responses[204], { description: 'The request succeeded and there is nothing to say.' })
  t.match(paths['/owner'].get.responses[200].content, { 'application/json': { schema: { $ref: '#/components/schemas/Owner' } } })
  t.same(Object.keys(paths['/csv'].get.responses[200].content), ['text/csv'])
  t.match(paths['/range'].get.responses, { 200: { description: 'A thing' }, 204: { description: /nothing to say/ }, 500: { description: /unexpected/ } })
  t.match(paths['/xml'].get.responses[200], { description: 'As XML', content: { 'application/xml': {} } })
})

t.test('a refusal that a route declares keeps its description, and has the schema of what is sent', async t => {
  const { paths } = await documentOf(declareThings, { authenticate: () => null })
  t.match(paths['/csv'].get.responses[404], {
    description: 'No such table',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/NotFoundProblem' } } }
  })
})

t.test('security names the scheme and the scopes of closed routes, and nothing for public ones', async t => {
  const { paths } = await documentOf(declareThings, { authenticate: () => null, securityScheme: 'bearer' })
  t.same(paths['/things/{id}'].get.security, [{ bearer: ['things:read'] }])
  t.same(paths['/things'].post.security, [{ bearer: [] }])
  t.same(paths['/owner'].get.security, [])
})

t.test('security that a route declares stays, and there is none without authenticate or a scheme', async t => {
  const { paths } = await documentOf(app => {
    app.get('/own', { schema: { security: [{ bearer: [] }] } }, handler)
    app.get('/none', handler)
  }, { securityScheme: 'bearer' })
  t.same(paths['/own'].get.security, [{ bearer: [] }])
  t.notOk('security' in paths['/none'].get)
  t.notOk('security' in (await documentOf(declareThings, { authenticate: () => null })).paths['/things'].post, 'a scheme that the document has not would break it')
})

t.test('a format of the user\'s own is in the document as it is sent', async t => {
  const schema = Type.Object({ message: Type.String() }, { $id: 'Oops' })
  const { paths, components } = await documentOf(declareThings, {
    authenticate: () => null, format: { contentType: 'application/vnd.oops+json', schema, body: ({ detail }) => ({ message: detail }) }
  })
  for (const code of [400, 401, 403, 404, 500, 503]) {
    t.same(paths['/things/{id}'].get.responses[code].content, { 'application/vnd.oops+json': { schema: { $ref: '#/components/schemas/Oops' } } })
  }
  t.match(components.schemas.Oops, { required: ['message'] })
})

t.test('scopes with different formats share a document', async t => {
  const app = Fastify()
  await app.register(swagger, { openapi: { openapi: '3.1.0', info: { title: 'x', version: '1' } }, refResolver: { buildLocalReference: json => String(json.$id) } })
  for (const [prefix, format] of [['/v1', 'envelope'], ['/v2', 'problem']] as const) {
    await app.register(async scope => {
      await scope.register(ptStatus, { format })
      scope.get('/', { schema: { response: { 200: thing } } }, handler)
    }, { prefix })
  }
  await app.ready()
  const { paths, components } = app.swagger() as any
  t.match(paths['/v1/'].get.responses[500].content, { 'application/json': { schema: { $ref: '#/components/schemas/InternalServerErrorEnvelope' } } })
  t.match(paths['/v2/'].get.responses[500].content, { 'application/problem+json': { schema: { $ref: '#/components/schemas/InternalServerErrorProblem' } } })
  t.ok(components.schemas.InternalServerErrorEnvelope && components.schemas.InternalServerErrorProblem)
  t.ok((await new Validator().validate(structuredClone(app.swagger()) as any)).valid)
})
