import type { RouteOptions } from 'fastify'
import type { Access, AccessRoute, ContractRoute } from '../../types/index.ts'
import type { Settings } from '../contract/options.ts'
import { canAnswer, type StatusRow } from '../contract/status.ts'

/** A route's schema, with what @fastify/swagger reads of it. */
export type Schema = Record<string, any>

/** A route of a scope. */
export interface Route {
  readonly options: Omit<RouteOptions, 'schema'> & { schema?: Schema }
  /** Its schema, once the app is ready; that of the options is the document's from then on. */
  schema: Schema | undefined
  readonly methods: readonly string[]
  readonly url: string
  readonly access: Access | undefined
  /** Whether the option `outside` takes it out of the contract. */
  readonly isOutside: boolean
}

/** Those that are part of the contract, once the app is ready: no hook changes their schemas any more. */
export function visibleIn (routes: readonly Route[]): Route[] {
  const visible = routes.filter(({ options, isOutside }) => !isHidden(options) && !isOutside)
  for (const route of visible) route.schema = route.options.schema
  return visible
}

/** Whether the OpenAPI document hides a route: then it is no part of the contract. */
export function isHidden ({ schema }: { schema?: unknown }): boolean {
  return (schema as { hide?: unknown } | undefined)?.hide === true
}

/**
 * Whether the option `outside` takes a route out of the contract.
 *
 * @throws {TypeError} if it doesn't tell
 */
export function isOutside (route: AccessRoute, { outside }: Settings): boolean {
  const result: unknown = outside?.(route) ?? false
  if (typeof result === 'boolean') return result
  throw new TypeError(`Cannot tell whether ${String(route.method)} ${route.url} is outside the contract: outside must return a boolean`)
}

/**
 * The twins of routes at the root of a prefix, whose URL ends in a slash. Fastify declares each from the options of the
 * other, whose URL it changes, and asks no onRoute hook.
 */
export function twinsOf (routes: readonly Route[]): Route[] {
  return routes.filter(({ options, url }) => options.url === `${url}/`).map(route => ({ ...route, url: route.options.url }))
}

/** The contract of routes, by URL and method. */
export function contractOf (routes: readonly Route[], settings: Settings): ContractRoute[] {
  return routes.flatMap(route => route.methods.map(method => ({
    method,
    url: route.url,
    access: describeAccess(route, settings),
    codes: codesOf(route, method, settings)
  }))).sort((a, b) => compare(a.url, b.url) || compare(a.method, b.method))
}

/** The codes that a route can answer to a method, from what the route is. */
export function codesOf (route: Route, method: string, settings: Settings): number[] {
  const access = describeAccess(route, settings)
  const successes = successesOf(route, method, settings)
  const derived = new Set([
    ...successes,
    // A 304 has preconditions, one of which may fail
    ...(readsBody(method) || hasRequestSchema(route) || successes.includes(304) ? [400] : []),
    ...(access === 'public' ? [] : [401, ...(settings.authenticate?.codes ?? [])]),
    ...(access === 'public' || access === 'authenticated' ? [] : [403]),
    ...(hasParameters(route.url) ? [404] : []),
    500, 503
  ])
  const declared = declaredBy(route)
  return [...settings.contract.keys()].filter(code => derived.has(code) || declared.includes(String(code))).sort((a, b) => a - b)
}

/** The successes that a route may answer: those that its response schema declares, or all if it declares none; and 304 where it has tags. */
export function successesOf (options: { schema?: unknown }, method: string, { contract, etag }: Settings): number[] {
  const declared = declaredBy(options).filter(key => !/^[45]/.test(key))
  const declares = ({ code }: StatusRow) => declared.length === 0 || declared.includes(String(code)) ||
    (code < 300 && ['2xx', '2XX', 'default'].some(key => declared.includes(key)))
  const successes = [...contract.values()].filter(row => row.code < 400 && declares(row) && canAnswer(row, method)).map(({ code }) => code)
  return etag !== false && successes.includes(200) && canAnswer(contract.get(304)!, method) ? [...successes, 304] : successes
}

function declaredBy ({ schema }: { schema?: unknown }): string[] {
  return Object.keys((schema as { response?: object } | undefined)?.response ?? {})
}

function describeAccess ({ access }: Route, { authenticate }: Settings): ContractRoute['access'] {
  if (authenticate === undefined || access === 'public') return 'public'
  if (access === undefined) return 'authenticated'
  return typeof access === 'function' ? 'function' : { scopes: [...access.scopes] }
}

function hasRequestSchema ({ schema }: Route): boolean {
  return ['params', 'querystring', 'query', 'headers', 'body'].some(part => schema?.[part] !== undefined)
}

function hasParameters (url: string): boolean {
  return /\*|(?<!:):(?!:)/.test(url) // `::` is a colon
}

function readsBody (method: string): boolean {
  return !['GET', 'HEAD', 'TRACE'].includes(method)
}

function compare (a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
