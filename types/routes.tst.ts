import { Type, type FastifyPluginAsyncTypebox, type FastifyPluginCallbackTypebox, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyReply } from 'fastify'
import type { Http2ServerResponse } from 'node:http2'
import ptStatus from 'fastify-pt-status'
import { describe, expect, test } from 'tstyche'

const Organization = Type.Object({ id: Type.String(), name: Type.String() })
const schema = { response: { 201: Organization } }
const empty = { response: { 204: Type.Null(), 304: Type.Null() } }

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()

describe('the ways to declare a route', () => {
  test('route() types created() by its schema', () => {
    app.route({
      method: 'POST',
      url: '/',
      schema,
      handler: async (request, reply) => {
        expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
        return reply.created('/1', { id: '1', name: 'A' })
      }
    })
    app.route({
      method: 'POST',
      url: '/',
      schema: { response: { 200: Organization } },
      handler: async (request, reply) => {
        expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A' })
      }
    })
  })

  test('a shorthand with its handler among the options types created() by its schema', () => {
    app.post('/', {
      schema,
      handler: async (request, reply) => {
        expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
        return reply.created('/1', { id: '1', name: 'A' })
      }
    })
  })

  test('a plugin typed with FastifyPluginAsyncTypebox types created() by the schema', () => {
    const routes: FastifyPluginAsyncTypebox = async app => {
      app.post('/', { schema }, async (request, reply) => {
        expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
        return reply.created('/1', { id: '1', name: 'A' })
      })
      app.delete('/', { schema: empty }, async (request, reply) => {
        expect(reply.created).type.not.toBeCallableWith('/1', null)
        return reply.noContent()
      })
    }
    expect(app.register).type.toBeCallableWith(routes)
  })

  test('a plugin typed with FastifyPluginCallbackTypebox types created() by the schema', () => {
    const routes: FastifyPluginCallbackTypebox = (app, options, done) => {
      app.post('/', { schema }, async (request, reply) => {
        expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
        return reply.created('/1', { id: '1', name: 'A' })
      })
      done()
    }
    expect(app.register).type.toBeCallableWith(routes)
  })

  test('without a type provider the body is unknown, and a 201 must be declared all the same', () => {
    Fastify().post('/', { schema: { response: { 201: { type: 'object' } } } }, async (request, reply) => {
      expect<Parameters<typeof reply.created>[1]>().type.toBe<unknown>()
      return reply.created('/1', { id: '1' })
    })
    Fastify().post('/', { schema: { response: { 200: { type: 'object' } } } }, async (request, reply) => {
      expect(reply.created).type.not.toBeCallableWith('/1', { id: '1' })
    })
  })
})

describe('what a handler returns', () => {
  test('an async handler may return created(), noContent() and notModified(), as it may send()', () => {
    app.post('/', { schema }, async (request, reply) => reply.send({ id: '1', name: 'A' }))
    app.post('/', { schema }, async (request, reply) => reply.created('/1', { id: '1', name: 'A' }))
    app.delete('/', { schema: empty }, async (request, reply) => reply.noContent())
    app.get('/', { schema: empty }, async (request, reply) => reply.notModified())
    app.get('/', { schema: { response: { 200: Organization, 304: Type.Null() } } }, async (request, reply) => {
      if (request.id === '') return reply.notModified()
      return { id: '1', name: 'A' }
    })
  })

  test('a sync handler of a route with a schema calls them without return, as it calls send()', () => {
    app.post('/', { schema }, (request, reply) => { reply.send({ id: '1', name: 'A' }) })
    app.post('/', { schema }, (request, reply) => { reply.created('/1', { id: '1', name: 'A' }) })
    app.delete('/', { schema: empty }, (request, reply) => { reply.noContent() })
    app.get('/', { schema: empty }, (request, reply) => { reply.notModified() })

    // @ts-expect-error is missing the following properties from type 'Promise<
    app.post('/', { schema }, (request, reply) => reply.send({ id: '1', name: 'A' }))
    // @ts-expect-error is missing the following properties from type 'Promise<
    app.post('/', { schema }, (request, reply) => reply.created('/1', { id: '1', name: 'A' }))
    // @ts-expect-error is missing the following properties from type 'Promise<
    app.delete('/', { schema: empty }, (request, reply) => reply.noContent())
    // @ts-expect-error is missing the following properties from type 'Promise<
    app.get('/', { schema: empty }, (request, reply) => reply.notModified())
  })

  test('a sync handler of a route without a schema may return them, as it may send()', () => {
    app.post('/', (request, reply) => reply.send({ id: '1' }))
    app.post('/', (request, reply) => reply.created('/1', { id: '1' }))
    app.delete('/', (request, reply) => reply.noContent())
    app.get('/', (request, reply) => reply.notModified())
  })

  test('they return the reply itself', () => {
    app.post('/', { schema }, async (request, reply) => {
      expect(reply.created('/1', { id: '1', name: 'A' })).type.toBe(reply)
      expect(reply.noContent()).type.toBe(reply)
      expect(reply.notModified()).type.toBe(reply)
    })
  })

  test('noContent() and notModified() take nothing', () => {
    app.delete('/', { schema: empty }, async (request, reply) => {
      expect(reply.noContent).type.not.toBeCallableWith(null)
      expect(reply.notModified).type.not.toBeCallableWith(null)
    })
  })

  test('a typed reply is still a FastifyReply', () => {
    app.post('/', { schema }, async (request, reply) => {
      expect(reply).type.toBeAssignableTo<FastifyReply>()
    })
  })
})

describe('the servers', () => {
  test('https', () => {
    const secure = Fastify({ https: {} }).withTypeProvider<TypeBoxTypeProvider>()
    expect(secure.register).type.toBeCallableWith(ptStatus, { retryAfter: 5 })
    secure.post('/', { schema }, async (request, reply) => {
      expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
      return reply.created('/1', { id: '1', name: 'A' })
    })
  })

  test('HTTP/2, with and without TLS', () => {
    const clear = Fastify({ http2: true }).withTypeProvider<TypeBoxTypeProvider>()
    const secure = Fastify({ http2: true, https: {} }).withTypeProvider<TypeBoxTypeProvider>()
    expect(clear.register).type.toBeCallableWith(ptStatus, { retryAfter: 5 })
    expect(secure.register).type.toBeCallableWith(ptStatus, { retryAfter: 5 })
    clear.post('/', { schema }, async (request, reply) => {
      expect(reply.created).type.not.toBeCallableWith('/1', { id: 1, name: 'A' })
      expect(reply.created('/1', { id: '1', name: 'A' }).raw).type.toBe<Http2ServerResponse>()
      return reply.created('/1', { id: '1', name: 'A' })
    })
    secure.delete('/', { schema: empty }, async (request, reply) => {
      expect(reply.created).type.not.toBeCallableWith('/1', null)
      return reply.noContent()
    })
  })
})
