import { Type, type Static, type TSchema, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type RouteGenericInterface } from 'fastify'
import type { CreatedBody } from 'fastify-pt-status'
import { expect, test } from 'tstyche'

const Organization = Type.Object({ id: Type.String(), name: Type.String() })
const Job = Type.Object({ progress: Type.Number() })
type OrganizationBody = Static<typeof Organization>
type JobBody = Static<typeof Job>

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()

test('created() takes the body that the 201 schema describes', () => {
  app.post('/', { schema: { response: { 200: Job, 201: Organization } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
    expect(reply.created).type.toBeCallableWith('/1', { id: '1', name: 'A' })
  })
})

test('created() refuses a wrong, a missing, an incomplete and an extra body', () => {
  app.post('/', { schema: { response: { 201: Organization } } }, async (request, reply) => {
    expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
    expect(reply.created).type.not.toBeCallableWith('/1', null)
    expect(reply.created).type.not.toBeCallableWith('/1')
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1' })
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A', owner: 'B' })
  })
})

test('created() takes a string or a URL as the location, and nothing else', () => {
  app.post('/', { schema: { response: { 201: Organization } } }, async (request, reply) => {
    expect(reply.created).type.toBeCallableWith(new URL('https://a.example/1'), { id: '1', name: 'A' })
    expect(reply.created).type.not.toBeCallableWith(1, { id: '1', name: 'A' })
    expect(reply.created).type.not.toBeCallableWith(undefined, { id: '1', name: 'A' })
    expect(reply.created).type.not.toBeCallableWith({ id: '1', name: 'A' })
  })
})

test('a route that declares no 201 cannot call created()', () => {
  app.post('/', { schema: { response: { 200: Organization, 404: Type.Null() } } }, async (request, reply) => {
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A' })
    expect(reply.created).type.not.toBeCallableWith('/1', {} as any)
    expect(reply.created).type.not.toBeCallableWith('/1')
    // @ts-expect-error Argument of type '{ id: string; name: string; }' is not assignable to parameter of type 'never'.
    return reply.created('/1', { id: '1', name: 'A' })
  })
})

test('without a response schema the body is unknown', () => {
  app.post('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
    expect(reply.created).type.not.toBeCallableWith('/1')
  })
  app.post('/', { schema: { body: Organization } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
  })
  app.post('/', { schema: { response: {} } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
  })
})

test("a 201's media types are each a body that it can have", () => {
  const content = { 'application/json': { schema: Organization }, 'application/vnd.job+json': { schema: Job } }
  app.post('/', { schema: { response: { 201: { content: { 'application/json': { schema: Organization } } } } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A', owner: 'B' })
  })
  app.post('/', { schema: { response: { 201: { description: 'Created', content } } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody | JobBody>()
    expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
  })
})

test('a schema for every success is the schema of a 201, in either spelling', () => {
  app.post('/', { schema: { response: { '2xx': Organization } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
  })
  app.post('/', { schema: { response: { '2XX': Organization } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
  })
  app.post('/', { schema: { response: { '2xx': { content: { 'application/json': { schema: Organization } } } } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
  })
})

test('the schemas of a 201, of every success and of every response are taken in this order', () => {
  app.post('/', { schema: { response: { default: Job, '2xx': Job, 201: Organization } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
  })
  app.post('/', { schema: { response: { default: Job, '2xx': Organization } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
  })
  app.post('/', { schema: { response: { default: Organization } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<OrganizationBody>()
  })
})

test('the codes may be strings, known or not', () => {
  type BodyFor<Response> = CreatedBody<RouteGenericInterface, { response: Response }, TypeBoxTypeProvider>
  expect<BodyFor<Record<'201', typeof Organization>>>().type.toBe<OrganizationBody>()
  expect<BodyFor<Record<string, typeof Organization>>>().type.toBe<OrganizationBody>()
  expect<BodyFor<Record<string, TSchema>>>().type.toBe<unknown>()
})

test('a 201 without content has null as its body', () => {
  app.post('/', { schema: { response: { 201: Type.Null() } } }, async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<null>()
  })
})
