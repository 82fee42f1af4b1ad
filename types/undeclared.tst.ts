import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { expect, test } from 'tstyche'
import 'fastify-pt-status'

const Organization = Type.Object({ id: Type.String(), name: Type.String() })
const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()

test('what a route declares none of, TypeScript refuses where Fastify types it', () => {
  app.get('/', { schema: { response: { 200: Organization } } }, async (request, reply) => {
    expect(reply.code).type.toBeCallableWith(200)
    expect(reply.code).type.not.toBeCallableWith(202)
    expect(reply.code).type.not.toBeCallableWith(302)
    expect(reply.status).type.not.toBeCallableWith(202)
    expect(reply.code(200).send).type.toBeCallableWith({ id: '1', name: 'A' })
    expect(reply.code(200).send).type.not.toBeCallableWith({ id: 1, name: 'A' })
    expect(reply.code(200).send).type.not.toBeCallableWith({ id: '1' })
    expect(reply.created).type.not.toBeCallableWith('/1', { id: '1', name: 'A' })
    return { id: '1', name: 'A' }
  })
})

test('what a handler returns is a body of a declared code', () => {
  const schema = { response: { 200: Organization } }
  app.get('/', { schema }, async () => ({ id: '1', name: 'A' }))
  // @ts-expect-error No overload matches this call
  app.get('/', { schema }, async () => ({ id: 1, name: 'A' }))
  // @ts-expect-error No overload matches this call
  app.get('/', { schema }, async () => 'A')
})

test('reply.redirect() and reply.raw have no types of the route: the plugin refuses them as they leave', () => {
  app.get('/', { schema: { response: { 200: Organization } } }, async (request, reply) => {
    expect(reply.redirect).type.toBeCallableWith('/')
    reply.raw.statusCode = 202
    reply.statusCode = 202
    return { id: '1', name: 'A' }
  })
})
