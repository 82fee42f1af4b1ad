import type { FastifyInstance } from 'fastify'
import type { ContractRoute } from '../types/index.ts'
import { accessOf } from './access.ts'
import { documentRoute, type DocumentedRoute } from './document.ts'
import type { Settings } from './options.ts'
import { canAnswer, statuses, type Status } from './status.ts'

/**
 * Records the routes of a scope, adds to the OpenAPI document what each can answer, and returns what lists them.
 * Fastify compiles a route's schemas before `onReady`: what is added to them there costs neither the start
 * nor the request anything, and @fastify/swagger reads it afterwards.
 */
export function recordRoutes (instance: FastifyInstance, settings: Settings): () => ContractRoute[] {
  const { ptStatus } = instance
  const routes: RecordedRoute[] = []
  let contract: ContractRoute[] | undefined

  instance.addHook('onRoute', function (route) {
    // Fastify goes on to change the URL of a `/` under a prefix
    if (this.ptStatus === ptStatus) routes.push({ route: route as DocumentedRoute, url: route.url })
  })

  instance.addHook('onReady', async () => {
    const visible = routes.filter(({ route: { schema } }) => schema?.hide !== true)
    contract = visible.flatMap(recorded => entriesOf(recorded, settings)).sort(byUrlAndMethod)
    for (const { route } of visible) documentRoute(route, methodsOf(route).flatMap(method => codesOf(route, method, settings)), settings)
  })

  return () => {
    if (contract === undefined) throw new Error('Cannot list the contract: the app is not ready')
    return structuredClone(contract)
  }
}

interface RecordedRoute {
  route: DocumentedRoute
  url: string
}

function entriesOf ({ route, url }: RecordedRoute, settings: Settings): ContractRoute[] {
  return methodsOf(route).map(method => ({
    method,
    url,
    access: describeAccess(route, settings),
    codes: codesOf(route, method, settings)
  }))
}

function describeAccess ({ config }: DocumentedRoute, { authenticate }: Settings): ContractRoute['access'] {
  const access = accessOf(config)
  if (authenticate === undefined || access === 'public') return 'public'
  if (access === undefined) return 'authenticated'
  return typeof access === 'function' ? 'function' : { scopes: access.scopes }
}

/** The codes that a route can answer to a method, from what the route is. */
function codesOf (route: DocumentedRoute, method: string, settings: Settings): Status[] {
  const declared = Object.keys(route.schema?.response ?? {})
  const access = describeAccess(route, settings)
  const can: Readonly<Record<Status, boolean>> = {
    200: declares(declared, '200'),
    201: declares(declared, '201') && canAnswer(201, method),
    204: declares(declared, '204'),
    304: canAnswer(304, method) && settings.etag !== false && declares(declared, '200'),
    400: readsBody(method) || hasRequestSchema(route),
    401: access !== 'public',
    403: access !== 'public' && access !== 'authenticated',
    404: hasParameters(route.url) || declared.includes('404'),
    500: true,
    503: true
  }
  return statuses.map(({ code }) => code).filter(code => can[code] || declared.includes(String(code)))
}

/** A route without a response schema may answer any success. */
function declares (declared: readonly string[], code: string): boolean {
  return declared.length === 0 || [code, '2xx', '2XX', 'default'].some(key => declared.includes(key))
}

function hasRequestSchema ({ schema }: DocumentedRoute): boolean {
  return ['params', 'querystring', 'query', 'headers', 'body'].some(part => schema?.[part] !== undefined)
}

function hasParameters (url: string): boolean {
  return /\*|(?<!:):(?!:)/.test(url) // `::` is a colon
}

function readsBody (method: string): boolean {
  return !['GET', 'HEAD', 'TRACE'].includes(method)
}

function methodsOf ({ method }: DocumentedRoute): string[] {
  return [method].flat()
}

function byUrlAndMethod (a: ContractRoute, b: ContractRoute): number {
  return compare(a.url, b.url) || compare(a.method, b.method)
}

function compare (a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
