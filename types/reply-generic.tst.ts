import Fastify, { type RouteHandler } from 'fastify'
import { expect, test } from 'tstyche'
import 'fastify-pt-status'

interface Organization { id: string, name: string }
interface Failure { reason: string }

const app = Fastify()

test('created() takes the body that the Reply generic has for a 201', () => {
  app.post<{ Reply: { 200: Failure, 201: Organization } }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Organization>()
    expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1' })
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A', owner: 'B' })
    return reply.created('/1', { id: '1', name: 'A' })
  })
})

test('created() takes the body that the Reply generic has for every success', () => {
  app.post<{ Reply: { '2xx': Organization, 404: Failure } }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Organization>()
  })
})

test('a Reply generic with other codes only cannot call created()', () => {
  app.get<{ Reply: { 200: Organization } }>('/', async (request, reply) => {
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A' })
  })
})

test('a Reply generic without codes is the body of a 201 too', () => {
  app.post<{ Reply: Organization }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Organization>()
  })
  app.post<{ Reply: Organization | Failure }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Organization | Failure>()
  })
  app.post<{ Reply: Organization[] }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Organization[]>()
  })
  app.post<{ Reply: Record<string, number> }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Record<string, number>>()
  })
})

test('a generic without Reply leaves the body unknown', () => {
  app.post<{ Body: Organization }>('/', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
  })
})

test('a handler declared on its own is typed by its generic', () => {
  const handler: RouteHandler<{ Reply: { 201: Organization } }> = async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<Organization>()
    return reply.created('/1', { id: '1', name: 'A' })
  }
  app.post<{ Reply: { 201: Organization } }>('/', handler)
})
