import { Type } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import ptStatus, { notFound, type ContractRoute, type Problem, type PtStatusOptions } from 'fastify-pt-status'
import { expect, test } from 'tstyche'

const app = Fastify()

test('the plugin is registered without options, with all of them, and with those of register()', () => {
  expect(app.register).type.toBeCallableWith(ptStatus)
  expect(app.register).type.toBeCallableWith(ptStatus, {})
  expect(app.register).type.toBeCallableWith(ptStatus, { prefix: '/v1', logLevel: 'warn' })
  expect(app.register).type.toBeCallableWith(ptStatus, {
    authenticate: () => ({ subject: 'a', scopes: ['organizations:read'] }),
    mapError: () => notFound(),
    unavailable: () => false,
    format: 'envelope',
    challenge: 'Basic realm="a"',
    retryAfter: 5,
    codes: [409],
    undeclared: 'warn',
    check: 'warn',
    etag: { weak: true },
    securityScheme: 'oauth2',
    validation: { coerceBody: true, removeAdditional: true }
  })
})

test('each option may be undefined, as one that was left out', () => {
  expect<{ [Name in keyof PtStatusOptions]-?: undefined }>().type.toBeAssignableTo<PtStatusOptions>()
  expect(app.register).type.toBeCallableWith(ptStatus, { authenticate: undefined })
})

test('register() refuses an unknown option', () => {
  expect(app.register).type.not.toBeCallableWith(ptStatus, { retry: 5 })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { validation: { coerce: true } })
})

test('register() refuses a wrong value', () => {
  expect(app.register).type.not.toBeCallableWith(ptStatus, { authenticate: 'bearer' })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { mapError: notFound() })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { unavailable: true })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { unavailable: async () => true })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { undeclared: true })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { codes: ['409'] })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { etag: 'sha1' })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { format: 'xml' })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { challenge: ['Basic'] })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { retryAfter: '5' })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { securityScheme: { type: 'http' } })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { validation: true })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { validation: { coerceBody: 'yes' } })
})

test('authenticate gets the request and the reply, both typed', () => {
  expect<Parameters<NonNullable<PtStatusOptions['authenticate']>>>().type.toBe<[request: FastifyRequest, reply: FastifyReply]>()
})

test('authenticate returns a principal or nothing, or a promise of either', () => {
  type Authenticate = NonNullable<PtStatusOptions['authenticate']>
  expect<() => { subject: string }>().type.toBeAssignableTo<Authenticate>()
  expect<() => Promise<{ subject: string } | undefined>>().type.toBeAssignableTo<Authenticate>()
  expect<() => null>().type.toBeAssignableTo<Authenticate>()
  expect<() => undefined>().type.toBeAssignableTo<Authenticate>()
  expect<() => Promise<void>>().type.toBeAssignableTo<Authenticate>()
  expect<() => string>().type.not.toBeAssignableTo<Authenticate>()
  expect<() => boolean>().type.not.toBeAssignableTo<Authenticate>()
  expect<() => { name: string }>().type.not.toBeAssignableTo<Authenticate>()
  expect<() => { subject: number }>().type.not.toBeAssignableTo<Authenticate>()
  expect<() => Promise<string>>().type.not.toBeAssignableTo<Authenticate>()
})

test('mapError gets an unknown error, and returns a StatusError or nothing', () => {
  type MapError = NonNullable<PtStatusOptions['mapError']>
  expect<Parameters<MapError>>().type.toBe<[error: unknown, request: FastifyRequest, reply: FastifyReply]>()
  expect<typeof notFound>().type.not.toBeAssignableTo<MapError>()
  expect<() => ReturnType<typeof notFound>>().type.toBeAssignableTo<MapError>()
  expect<() => null>().type.toBeAssignableTo<MapError>()
  expect<() => undefined>().type.toBeAssignableTo<MapError>()
  expect<() => Error>().type.not.toBeAssignableTo<MapError>()
  expect<() => number>().type.not.toBeAssignableTo<MapError>()
})

test("a format of the user's own makes a body of a problem", () => {
  const schema = Type.Object({ message: Type.String() }, { $id: 'Failure' })
  const format: PtStatusOptions['format'] = {
    contentType: 'application/json',
    schema,
    body: problem => {
      expect(problem).type.toBe<Problem>()
      return { message: problem.detail }
    }
  }
  expect(app.register).type.toBeCallableWith(ptStatus, { format })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { format: { contentType: 'application/json', schema } })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { format: { contentType: 'application/json', schema: 'Failure', body: () => ({}) } })
})

test('the instance gives the contract', () => {
  expect(app.ptStatus.contract()).type.toBe<ContractRoute[]>()
  expect<ContractRoute['codes']>().type.toBe<number[]>()
})
