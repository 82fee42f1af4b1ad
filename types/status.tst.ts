import type { RefusalStatus, Status } from 'fastify-pt-status'
import { statuses } from 'fastify-pt-status'
import { expect, test } from 'tstyche'

test('Status is one of the ten codes', () => {
  expect<Status>().type.toBe<200 | 201 | 204 | 304 | 400 | 401 | 403 | 404 | 500 | 503>()
})

test('RefusalStatus is one of the six that refuse', () => {
  expect<RefusalStatus>().type.toBe<400 | 401 | 403 | 404 | 500 | 503>()
})

test('the table is read-only', () => {
  expect(statuses.length).type.toBe<10>()
  expect(statuses).type.not.toHaveProperty('push')
  // @ts-expect-error Cannot assign to 'code' because it is a read-only property.
  statuses[0].code = 200
})
