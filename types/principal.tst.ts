import type { FastifyRequest } from 'fastify'
import type { AccessFunction, Principal, PtStatusOptions } from 'fastify-pt-status'
import type * as byPath from '../lib/index.ts'
import type * as types from './index.ts'
import { expect, test } from 'tstyche'

// Optional, since all files of this project see it
declare module 'fastify-pt-status' {
  interface Principal { tenant?: string }
}

declare module '../lib/index.ts' {
  interface Principal { region?: string }
}

test('a principal has a subject, and may have scopes', () => {
  expect<Principal['subject']>().type.toBe<string>()
  expect<Required<Principal>['scopes']>().type.toBe<readonly string[]>()
  expect<{ subject: string }>().type.toBeAssignableTo<Principal>()
  expect<{ scopes: string[] }>().type.not.toBeAssignableTo<Principal>()
})

test('a principal is extended through the name of the package', () => {
  expect<Required<Principal>['tenant']>().type.toBe<string>()
  expect<{ subject: string, tenant: number }>().type.not.toBeAssignableTo<Principal>()
})

test('a principal is extended through a relative path', () => {
  expect<Required<Principal>['region']>().type.toBe<string>()
})

test('a principal is the same by whichever way it is imported', () => {
  expect<Principal>().type.toBe<byPath.Principal>()
  expect<Principal>().type.toBe<types.Principal>()
})

test('the extension reaches the request, the functions of access and authenticate', () => {
  expect<NonNullable<FastifyRequest['principal']>>().type.toHaveProperty('tenant')
  expect<Parameters<AccessFunction>[1]>().type.toHaveProperty('tenant')
  expect<() => { subject: string, tenant: string }>().type.toBeAssignableTo<NonNullable<PtStatusOptions['authenticate']>>()
  expect<() => { subject: string, tenant: number }>().type.not.toBeAssignableTo<NonNullable<PtStatusOptions['authenticate']>>()
})
