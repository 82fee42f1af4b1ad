import {
  badRequest, forbidden, internalServerError, notFound, serviceUnavailable, StatusError, unauthorized,
  type Finding, type RefusalOptions, type RefusalStatus
} from 'fastify-pt-status'
import { expect, test } from 'tstyche'

const common = { code: 'GONE_FISHING', headers: { 'x-reason': 'fish' }, cause: new Error() }
const finding: Finding = { in: 'body', pointer: '/name', code: 'required', detail: "must have required property 'name'" }

test('all constructors take a detail and the common options, and return a StatusError', () => {
  expect(badRequest('No', common)).type.toBe<StatusError>()
  expect(unauthorized('No', common)).type.toBe<StatusError>()
  expect(forbidden('No', common)).type.toBe<StatusError>()
  expect(notFound('No', common)).type.toBe<StatusError>()
  expect(internalServerError('No', common)).type.toBe<StatusError>()
  expect(serviceUnavailable('No', common)).type.toBe<StatusError>()
})

test('all constructors may be called with nothing, or with options alone behind an undefined detail', () => {
  expect(badRequest).type.toBeCallableWith()
  expect(unauthorized).type.toBeCallableWith()
  expect(forbidden).type.toBeCallableWith()
  expect(notFound).type.toBeCallableWith()
  expect(internalServerError).type.toBeCallableWith()
  expect(serviceUnavailable).type.toBeCallableWith()
  expect(notFound).type.toBeCallableWith(undefined, { code: 'NO_ORGANIZATION' })
})

test('a detail is a sentence, not an error or a number', () => {
  expect(notFound).type.not.toBeCallableWith(new Error('No'))
  expect(notFound).type.not.toBeCallableWith(404)
  expect(notFound).type.not.toBeCallableWith({ code: 'NO_ORGANIZATION' })
})

test('the common options refuse wrong types', () => {
  expect(notFound).type.not.toBeCallableWith('No', { code: 404 })
  expect(notFound).type.not.toBeCallableWith('No', { headers: { age: 1 } })
  expect(notFound).type.not.toBeCallableWith('No', { statusCode: 404 })
  expect<Required<RefusalOptions>['cause']>().type.toBe<unknown>()
})

test('errors belong to badRequest() alone', () => {
  const options = { errors: [finding] }
  expect(badRequest).type.toBeCallableWith('No', { errors: [finding] })
  expect(badRequest).type.toBeCallableWith('No', options)
  expect(badRequest).type.not.toBeCallableWith('No', { errors: ['name'] })
  expect(badRequest).type.not.toBeCallableWith('No', { errors: [{ ...finding, in: 'cookie' }] })
  expect(unauthorized).type.not.toBeCallableWith('No', { errors: [finding] })
  expect(forbidden).type.not.toBeCallableWith('No', { errors: [finding] })
  expect(notFound).type.not.toBeCallableWith('No', { errors: [finding] })
  expect(internalServerError).type.not.toBeCallableWith('No', { errors: [finding] })
  expect(serviceUnavailable).type.not.toBeCallableWith('No', { errors: [finding] })
})

test('a challenge belongs to unauthorized() alone', () => {
  expect(unauthorized).type.toBeCallableWith('No', { challenge: 'Basic realm="a"' })
  expect(unauthorized).type.not.toBeCallableWith('No', { challenge: ['Basic'] })
  expect(badRequest).type.not.toBeCallableWith('No', { challenge: 'Basic' })
  expect(forbidden).type.not.toBeCallableWith('No', { challenge: 'Basic' })
  expect(notFound).type.not.toBeCallableWith('No', { challenge: 'Basic' })
  expect(internalServerError).type.not.toBeCallableWith('No', { challenge: 'Basic' })
  expect(serviceUnavailable).type.not.toBeCallableWith('No', { challenge: 'Basic' })
})

test('scopes belong to forbidden() alone', () => {
  expect(forbidden).type.toBeCallableWith('No', { scopes: ['a', 'b'] as const })
  expect(forbidden).type.toBeCallableWith('No', { scopes: ['a'], realm: 'b' })
  expect(forbidden).type.not.toBeCallableWith('No', { scopes: 'a b' })
  expect(badRequest).type.not.toBeCallableWith('No', { scopes: ['a'] })
  expect(unauthorized).type.not.toBeCallableWith('No', { scopes: ['a'] })
  expect(notFound).type.not.toBeCallableWith('No', { scopes: ['a'] })
  expect(internalServerError).type.not.toBeCallableWith('No', { scopes: ['a'] })
  expect(serviceUnavailable).type.not.toBeCallableWith('No', { scopes: ['a'] })
})

test('retryAfter belongs to serviceUnavailable() alone', () => {
  expect(serviceUnavailable).type.toBeCallableWith('No', { retryAfter: 5 })
  expect(serviceUnavailable).type.not.toBeCallableWith('No', { retryAfter: '5' })
  expect(serviceUnavailable).type.not.toBeCallableWith('No', { retryAfter: new Date() })
  expect(badRequest).type.not.toBeCallableWith('No', { retryAfter: 5 })
  expect(unauthorized).type.not.toBeCallableWith('No', { retryAfter: 5 })
  expect(forbidden).type.not.toBeCallableWith('No', { retryAfter: 5 })
  expect(notFound).type.not.toBeCallableWith('No', { retryAfter: 5 })
  expect(internalServerError).type.not.toBeCallableWith('No', { retryAfter: 5 })
})

test('a StatusError is made of a status code', () => {
  expect(StatusError).type.toBeConstructableWith(404)
  expect(StatusError).type.toBeConstructableWith(503, 'No', { retryAfter: 5 })
  expect(StatusError).type.toBeConstructableWith(409, 'Taken')
  expect(StatusError).type.not.toBeConstructableWith('404')
  expect(StatusError).type.not.toBeConstructableWith()
})

test('a StatusError has typed fields', () => {
  const error = notFound()
  expect(error).type.toBeAssignableTo<Error>()
  expect(error.status).type.toBe<RefusalStatus>()
  expect(error.statusCode).type.toBe<RefusalStatus>()
  expect(error.code).type.toBe<string>()
  expect(error.headers).type.toBe<Readonly<Record<string, string>>>()
  expect(error.errors).type.toBe<readonly Finding[] | undefined>()
})

test('the fields of a StatusError are read-only', () => {
  const error = badRequest('No', { errors: [finding] })
  // @ts-expect-error Cannot assign to 'status' because it is a read-only property.
  error.status = 404
  // @ts-expect-error Cannot assign to 'statusCode' because it is a read-only property.
  error.statusCode = 404
  // @ts-expect-error Cannot assign to 'code' because it is a read-only property.
  error.code = 'OTHER'
  // @ts-expect-error Cannot assign to 'headers' because it is a read-only property.
  error.headers = {}
  // @ts-expect-error only permits reading.
  error.headers['x-reason'] = 'fish'
  // @ts-expect-error Cannot assign to 'errors' because it is a read-only property.
  error.errors = []
  // @ts-expect-error Property 'push' does not exist on type 'readonly Finding[]'.
  error.errors?.push(finding)
})
