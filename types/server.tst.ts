import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { statusServerOptions } from 'fastify-pt-status'
import { expect, test } from 'tstyche'

declare const logger: NonNullable<FastifyServerOptions['logger']>
declare const all: FastifyServerOptions

test('statusServerOptions() takes any option of Fastify and returns it with its type', () => {
  expect(statusServerOptions({ logger: true })).type.toBeAssignableTo<{ logger: boolean }>()
  expect(Fastify(statusServerOptions({ logger }))).type.toBeAssignableTo<FastifyInstance>()
  expect(Fastify(statusServerOptions(all))).type.toBeAssignableTo<FastifyInstance>()
  expect(Fastify(statusServerOptions())).type.toBeAssignableTo<FastifyInstance>()
})

test('statusServerOptions() types the handlers that it runs first', () => {
  statusServerOptions({
    clientErrorHandler (error, socket) {
      expect(error.code).type.toBe<string>()
      socket.end()
    }
  })
})

test('statusServerOptions() refuses an option of the wrong type', () => {
  expect(statusServerOptions).type.not.toBeCallableWith({ requestTimeout: 'long' })
})
