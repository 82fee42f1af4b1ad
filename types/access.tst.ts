import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyRequest } from 'fastify'
import ptStatus, { notFound, type Access, type AccessFunction, type AccessRoute, type Principal, type PtStatusOptions } from 'fastify-pt-status'
import { expect, test } from 'tstyche'

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>()
const handler = async () => ({})

test('access is public, scopes or a function', () => {
  expect<'public'>().type.toBeAssignableTo<Access>()
  expect<{ scopes: string[] }>().type.toBeAssignableTo<Access>()
  expect<{ readonly scopes: readonly ['organizations:read'] }>().type.toBeAssignableTo<Access>()
  expect<AccessFunction>().type.toBeAssignableTo<Access>()
})

test('access is nothing else', () => {
  expect<'private'>().type.not.toBeAssignableTo<Access>()
  expect<string>().type.not.toBeAssignableTo<Access>()
  expect<boolean>().type.not.toBeAssignableTo<Access>()
  expect<null>().type.not.toBeAssignableTo<Access>()
  expect<{}>().type.not.toBeAssignableTo<Access>()
  expect<string[]>().type.not.toBeAssignableTo<Access>()
  expect<{ scope: string[] }>().type.not.toBeAssignableTo<Access>()
  expect<{ scopes: string }>().type.not.toBeAssignableTo<Access>()
  expect<{ scopes: number[] }>().type.not.toBeAssignableTo<Access>()
})

test('a route takes access in its config', () => {
  app.get('/', { config: { access: 'public' } }, handler)
  app.get('/', { config: { access: { scopes: ['organizations:read'] } } }, handler)
  app.get('/', { config: { access: () => true } }, handler)
  app.get('/', { config: { access: async () => true } }, handler)
  app.get('/', { config: { access: () => { throw notFound() } } }, handler)
  app.route({ method: 'GET', url: '/', config: { access: 'public' }, handler })

  // @ts-expect-error Type '"private"' is not assignable to type
  app.get('/', { config: { access: 'private' } }, handler)
  // @ts-expect-error Type '{ scopes: string; }' is not assignable to type
  app.get('/', { config: { access: { scopes: 'organizations:read' } } }, handler)
  // @ts-expect-error Type '{ scope: string[]; }' is not assignable to type
  app.get('/', { config: { access: { scope: ['organizations:read'] } } }, handler)
  // @ts-expect-error Type '() => string' is not assignable to type
  app.get('/', { config: { access: () => 'yes' } }, handler)
  // @ts-expect-error Type '"private"' is not assignable to type
  app.route({ method: 'GET', url: '/', config: { access: 'private' }, handler })
})

test('a function gets the request, its parameters untyped, and the principal', () => {
  app.get('/:id', {
    config: {
      access: (request, principal) => {
        expect(request.headers).type.toBe<FastifyRequest['headers']>()
        expect(request.body).type.toBe<unknown>()
        expect(request).type.toBeAssignableTo<{ params: { id: string }, query: { page: number } }>()
        expect(principal).type.toBe<Principal>()
        return principal.subject === request.id
      }
    }
  }, handler)
})

test('a function may type the request itself', () => {
  expect<(request: FastifyRequest<{ Params: { id: string } }>, principal: Principal) => boolean>().type.toBeAssignableTo<AccessFunction>()
  expect<(request: FastifyRequest<{ Querystring: { page: number } }>) => boolean>().type.toBeAssignableTo<AccessFunction>()
  expect<(request: FastifyRequest<{ Headers: { 'x-tenant': string } }>) => boolean>().type.toBeAssignableTo<AccessFunction>()
  app.get('/:id', {
    schema: { params: Type.Object({ id: Type.String() }) },
    config: { access: async ({ params }: FastifyRequest<{ Params: { id: string } }>, principal) => params.id === principal.subject }
  }, handler)
})

test('a function returns a boolean or a promise of one', () => {
  expect<() => boolean>().type.toBeAssignableTo<AccessFunction>()
  expect<() => Promise<boolean>>().type.toBeAssignableTo<AccessFunction>()
  expect<() => never>().type.toBeAssignableTo<AccessFunction>()
  expect<() => string>().type.not.toBeAssignableTo<AccessFunction>()
  expect<() => void>().type.not.toBeAssignableTo<AccessFunction>()
  expect<() => boolean | undefined>().type.not.toBeAssignableTo<AccessFunction>()
  expect<() => Promise<Principal>>().type.not.toBeAssignableTo<AccessFunction>()
  expect<() => Promise<void>>().type.not.toBeAssignableTo<AccessFunction>()
})

test('the options access and outside get what is known of a route', () => {
  type Options = { [Name in 'access' | 'outside']: NonNullable<PtStatusOptions[Name]> }
  expect<Parameters<Options['access']>>().type.toBe<[route: AccessRoute]>()
  expect<Parameters<Options['outside']>>().type.toBe<[route: AccessRoute]>()
  expect<AccessRoute>().type.toHaveProperty('url')
  expect<AccessRoute['url']>().type.toBe<string>()
  expect<AccessRoute>().type.not.toHaveProperty('handler')
})

test('access gives public, scopes, or nothing', () => {
  type AccessOf = NonNullable<PtStatusOptions['access']>
  expect<() => 'public'>().type.toBeAssignableTo<AccessOf>()
  expect<() => { scopes: string[] } | undefined>().type.toBeAssignableTo<AccessOf>()
  expect<(route: AccessRoute) => AccessFunction>().type.toBeAssignableTo<AccessOf>()
  expect<() => 'private'>().type.not.toBeAssignableTo<AccessOf>()
  expect<() => null>().type.not.toBeAssignableTo<AccessOf>()
  expect<() => boolean>().type.not.toBeAssignableTo<AccessOf>()
  expect<() => Promise<'public'>>().type.not.toBeAssignableTo<AccessOf>()
  expect(app.register).type.toBeCallableWith(ptStatus, { access: ({ url }: AccessRoute) => url.startsWith('/docs') ? 'public' : undefined })
  expect(app.register).type.not.toBeCallableWith(ptStatus, { access: 'public' })
})

test('outside gives a boolean', () => {
  type Outside = NonNullable<PtStatusOptions['outside']>
  expect<({ url }: { url: string }) => boolean>().type.toBeAssignableTo<Outside>()
  expect<() => 'yes'>().type.not.toBeAssignableTo<Outside>()
  expect<() => boolean | undefined>().type.not.toBeAssignableTo<Outside>()
  expect<() => Promise<boolean>>().type.not.toBeAssignableTo<Outside>()
  expect(app.register).type.not.toBeCallableWith(ptStatus, { outside: ['/docs'] })
})

test('a request has a principal, or null', () => {
  expect<FastifyRequest['principal']>().type.toBe<Principal | null>()
  app.get('/', async request => {
    expect(request.principal).type.toBe<Principal | null>()
    // @ts-expect-error 'request.principal' is possibly 'null'.
    return request.principal.subject
  })
})
