import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler, RouteOptions } from 'fastify'
import type { Access, Authenticate, Principal } from '../types/index.ts'
import { isDeclared } from './declared.ts'
import { forbidden, scopeToken, unauthorized } from './errors.ts'

/** Marks a request that the guard of its route has let in. */
const admitted = Symbol('fastify-pt-status.admitted')

const noCredentials = unauthorized()
const notAllowed = forbidden()

type Admitted = FastifyRequest & { [admitted]: boolean }

/**
 * Closes the routes of a scope. Each route gets its guard as it is declared: behind the hooks of the scope, so that
 * a 401 has the header fields of CORS, and before the hooks of the route. A route that was declared before the
 * plugin loaded is caught by a hook of the scope.
 */
export function closeRoutes (instance: FastifyInstance, authenticate: Authenticate | undefined): void {
  const { ptStatus } = instance
  const guards: Array<{ route: RouteOptions, access: Access | undefined }> = []
  if (!instance.hasRequestDecorator(admitted)) instance.decorateRequest('principal', null).decorateRequest(admitted, false)

  instance.addHook('onRoute', function (route) {
    if (this.ptStatus !== ptStatus) return
    const access = accessOf(route.config)
    checkAccess(route, access, authenticate !== undefined)
    if (authenticate === undefined || access === 'public') return
    route.onRequest = [guard(authenticate, access), route.onRequest ?? []].flat()
    route.preParsing = [bar(route.method), route.preParsing ?? []].flat()
    guards.push({ route, access })
  })

  instance.addHook('onReady', async () => {
    for (const { route, access } of guards) {
      if (accessOf(route.config) !== access) throw new TypeError(`Cannot close ${String(route.method)} ${route.url}: its config.access was changed after the plugin had read it`)
    }
  })

  // Returns a promise where there is something to wait for, and calls back at once where there isn't
  instance.addHook('onRequest', (request, reply, done) => {
    if (isDeclared(request) || request.is404 || request.server.ptStatus !== ptStatus) return done()
    const access = accessOf(request.routeOptions.config)
    checkAccess(request.routeOptions, access, authenticate !== undefined)
    if (authenticate === undefined || access === 'public') return done()
    return guard(authenticate, access)(request, reply)
  })
}

/** Who may use a route: `undefined` is any principal. */
export function accessOf (config: object | undefined): Access | undefined {
  return (config as { access?: Access } | undefined)?.access
}

/** Lets in who was admitted alone: a hook before the guard that throws nothing, as in `throw undefined`, has Fastify skip it. */
function bar (method: RouteOptions['method']): preParsingHookHandler {
  return function bar (request, reply, payload, done) {
    if ((request as Admitted)[admitted]) return done()
    if (!isPreflight(request)) return done(noCredentials)
    // Who looks like a preflight is let through to what is for preflights alone
    if (method === 'OPTIONS') return done()
    reply.callNotFound()
  }
}

function guard (authenticate: Authenticate, access: Exclude<Access, 'public'> | undefined) {
  const admit = admission(access, authenticate.realm)

  return async function authorize (request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (isPreflight(request)) return
    const principal = await authenticate(request, reply)
    if (reply.sent) return
    if (principal === null || principal === undefined) throw noCredentials
    if (typeof principal !== 'object') throw new TypeError('Cannot authenticate: a principal must be an object')
    request.principal = principal
    await admit?.(request, principal);
    (request as Admitted)[admitted] = true
  }
}

/** Throws the 403 of a principal that the route doesn't admit. */
function admission (access: Exclude<Access, 'public'> | undefined, realm: string | undefined): ((request: FastifyRequest, principal: Principal) => void | Promise<void>) | undefined {
  if (access === undefined) return undefined
  if (typeof access === 'function') {
    return async (request, principal) => {
      if (await access(request, principal) !== true) throw notAllowed
    }
  }
  const { scopes } = access
  const insufficientScope = forbidden('The credentials lack a scope that this needs.', { code: 'INSUFFICIENT_SCOPE', scopes, realm })
  return (request, principal) => {
    const { scopes: granted = [] } = principal
    if (!Array.isArray(granted)) throw new TypeError('Cannot admit: the scopes of a principal must be an array')
    if (!scopes.every(scope => granted.includes(scope))) throw insufficientScope
  }
}

/** A CORS preflight never has credentials (Fetch, CORS-preflight fetch). */
function isPreflight ({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

function checkAccess ({ method, url }: { method?: unknown, url?: string | undefined }, access: unknown, canAuthenticate: boolean): void {
  if (access === undefined || access === 'public') return
  const route = `${String(method)} ${url}`
  if (!isAccess(access)) {
    throw new TypeError(`Cannot close ${route}: config.access must be 'public', { scopes: [...] } or a function`)
  }
  if (!canAuthenticate) {
    throw new TypeError(`Cannot close ${route}: it asks for access, but the plugin has no authenticate`)
  }
}

function isAccess (access: any): access is Access {
  return typeof access === 'function' || (Array.isArray(access?.scopes) && access.scopes.every(isScope))
}

function isScope (scope: unknown): boolean {
  return typeof scope === 'string' && scopeToken.test(scope)
}
