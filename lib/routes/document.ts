import type { Settings } from '../contract/options.ts'
import { codesOf, type Route, type Schema } from './routes.ts'
import type { StatusRow } from '../contract/status.ts'

/** The header fields that belong to a code, as @fastify/swagger has them. */
const headers: Readonly<Record<string, object>> = {
  Location: { type: 'string', format: 'uri-reference', description: 'Where the resource is' },
  ETag: { type: 'string', description: 'Its entity tag' },
  'WWW-Authenticate': { type: 'string', description: 'How to authenticate' },
  'Retry-After': { type: 'integer', minimum: 0, description: 'When to try again, in seconds' }
}

const routeOf = Symbol('fastify-pt-status.route')

interface Documented { [routeOf]: Route }

/**
 * Completes what the OpenAPI document says of routes: the answers that each can give, and `security`. They are made when
 * the document is: an app without one has no use for them.
 */
export function documentRoutes (routes: readonly Route[], settings: Settings): void {
  // One pair for all routes: a closure for each would be heap that every app keeps
  const responses = {
    enumerable: true,
    configurable: true,
    get (this: Documented) { return keep(this, responsesOf(this[routeOf], settings)) },
    set (this: Documented, value: unknown) { keep(this, value) }
  }
  for (const route of routes) {
    const { response, ...schema } = route.schema ?? {}
    const security = schema['security'] ?? securityOf(route, settings)
    route.options.schema = Object.defineProperty({ ...schema, ...(security !== undefined && { security }), [routeOf]: route }, 'response', responses)
  }
}

/** From then on they are a property like others, which the `transform` of @fastify/swagger may change. */
function keep<T> (schema: Documented, value: T): T {
  Object.defineProperty(schema, 'response', { value, writable: true, enumerable: true, configurable: true })
  return value
}

function responsesOf (route: Route, settings: Settings): Record<string, object> {
  const codes = route.methods.flatMap(method => codesOf(route, method, settings))
  return Object.fromEntries(codes.map(code => [code, responseOf(settings.contract.get(code)!, codes.includes(304), route.schema ?? {}, settings)]))
}

function securityOf ({ access }: Route, { authenticate, securityScheme }: Settings): object[] | undefined {
  if (authenticate === undefined || securityScheme === undefined) return undefined
  if (access === 'public') return []
  return [{ [securityScheme]: typeof access === 'object' ? access.scopes : [] }]
}

function responseOf ({ code, header, meaning, carries }: StatusRow, isTagged: boolean, { response = {}, produces = ['application/json'] }: Schema, { format }: Settings): object {
  const range = carries === 'data' ? response['2xx'] ?? response['2XX'] ?? response['default'] : undefined
  const declared = response[code] ?? range ?? {}
  const field = header ?? (isTagged && (code === 200 || code === 304) ? 'ETag' : undefined)
  const common = {
    description: declared['x-response-description'] ?? declared.description ?? meaning,
    ...(field !== undefined && { headers: { [field]: headers[field] } })
  }
  if (carries === 'problem') return { ...common, content: { [format.contentType]: { schema: { $ref: `${format.schemas.get(code)!.$id!}#` } } } }
  if (carries === 'nothing') return { ...common, type: 'null' }
  return { ...common, content: declared.content ?? Object.fromEntries(produces.map((type: string) => [type, { schema: declared }])) }
}
