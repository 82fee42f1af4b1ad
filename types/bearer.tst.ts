import type { JSONWebKeySet } from 'jose'
import type { Authenticate, Principal } from 'fastify-pt-status'
import { bearer, type BearerOptions, type BearerPrincipal, type Claims } from 'fastify-pt-status/bearer'
import { expect, test } from 'tstyche'

const good = { issuer: 'https://issuer.example.com', audience: 'https://api.example.com' }

test('bearer() returns an authenticate', () => {
  expect(bearer).type.toBeCallableWith(good)
  expect<ReturnType<typeof bearer>>().type.toBeAssignableTo<Authenticate>()
  expect<BearerPrincipal>().type.toBeAssignableTo<Principal>()
})

test('issuer and audience are required', () => {
  expect(bearer).type.not.toBeCallableWith({ issuer: good.issuer })
  expect(bearer).type.not.toBeCallableWith({ audience: good.audience })
  expect(bearer).type.not.toBeCallableWith()
})

test('unknown options are refused', () => {
  expect(bearer).type.not.toBeCallableWith({ ...good, aud: 'a' })
})

test('remember is a number or false', () => {
  expect(bearer).type.toBeCallableWith({ ...good, remember: false as const })
  expect(bearer).type.not.toBeCallableWith({ ...good, remember: true as const })
})

test('the keys are those of jose', () => {
  expect<NonNullable<BearerOptions['jwks']>>().type.toBe<JSONWebKeySet>()
})

test('claims are read-only, and those that every token has are typed', () => {
  expect<Claims['sub']>().type.toBe<string>()
  expect<Claims['exp']>().type.toBe<number>()
  expect<Claims['tenant']>().type.toBe<unknown>()
  expect((claims: Claims) => claims.sub).type.toBeAssignableTo<(claims: Claims) => string>()
})

test('an authenticate of your own may wrap it', () => {
  const authenticate = bearer(good)
  expect<typeof authenticate>().type.toHaveProperty('realm')
  const wrapped: Authenticate = async request => ({ ...await authenticate(request), tenant: 'a' })
  expect(wrapped).type.toBe<Authenticate>()
})
