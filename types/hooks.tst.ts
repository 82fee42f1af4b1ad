import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { expect, test } from 'tstyche'
import 'fastify-pt-status'

const Organization = Type.Object({ id: Type.String(), name: Type.String() })

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()

test('hooks of the app can answer, with any body', () => {
  app.addHook('onRequest', async (request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
    return reply.created('/1', { id: '1' })
  })
  app.addHook('preHandler', (request, reply, done) => {
    reply.notModified()
    done()
  })
  app.addHook('preParsing', async (request, reply) => reply.noContent())
  app.addHook('preValidation', async (request, reply) => reply.noContent())
})

test('hooks of a route can answer, with the body that the route declares', () => {
  app.post('/', {
    schema: { response: { 201: Organization } },
    onRequest: async (request, reply) => {
      expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
      return reply.created('/1', { id: '1', name: 'A' })
    },
    preHandler: [async (request, reply) => reply.noContent(), async (request, reply) => reply.notModified()]
  }, async () => {})
})

test('error handlers can answer', () => {
  app.setErrorHandler((error, request, reply) => {
    expect(error).type.toBe<unknown>()
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
    return reply.noContent()
  })
  app.setErrorHandler(async (error, request, reply) => reply.created('/1', { error }))
  app.get('/', { errorHandler: (error, request, reply) => { reply.header('error', error.code).notModified() } }, async () => {})
})

test('not-found handlers can answer', () => {
  app.setNotFoundHandler((request, reply) => {
    expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
    return reply.notModified()
  })
  app.setNotFoundHandler(async (request, reply) => reply.created('/1', { id: '1' }))
  const preHandler = async (request: FastifyRequest, reply: FastifyReply) => reply.noContent()
  app.setNotFoundHandler({ preHandler }, async (request, reply) => reply.noContent())
})

test('a function of a plain FastifyReply can answer', () => {
  const answer = (reply: FastifyReply) => reply.created('/1', { id: '1' })
  expect(answer).type.toBe<(reply: FastifyReply) => FastifyReply>()
})

test('isNotModified() takes versions and dates, or null, and gives a boolean', () => {
  app.get('/', async (request, reply) => {
    expect(reply.isNotModified({ etag: 1, lastModified: new Date() })).type.toBe<boolean>()
    expect(reply.isNotModified).type.toBeCallableWith({ etag: 'W/"a"' })
    expect(reply.isNotModified).type.toBeCallableWith({ etag: 1n, lastModified: '1994-11-06T08:49:37Z' })
    expect(reply.isNotModified).type.toBeCallableWith({})
    expect(reply.isNotModified).type.toBeCallableWith(null)
    expect(reply.isNotModified).type.not.toBeCallableWith()
    expect(reply.isNotModified).type.not.toBeCallableWith(undefined)
    expect(reply.isNotModified).type.not.toBeCallableWith({ etag: true })
    expect(reply.isNotModified).type.not.toBeCallableWith({ etga: 'a' })
  })
})
