import type { FastifyInstance, FastifyRequest, onRequestHookHandler, preParsingHookHandler, RouteOptions } from 'fastify'
import type { Access, Authenticate, Principal } from '../../types/index.ts'
import { isDeclared } from '../contract/declared.ts'
import { forbidden, scopeToken, unauthorized, type StatusError } from '../contract/errors.ts'

/** Who makes a request: only one that has passed a guard has it. A scope has it too where `request.principal` is this plugin's. */
const principalOf = Symbol('fastify-pt-status.principal')
/** Marks a request that the guard of its route has let in. */
const admitted = Symbol('fastify-pt-status.admitted')

const noCredentials = unauthorized()
const notAllowed = forbidden()

type Guarded = FastifyRequest & { [principalOf]?: Principal | null, [admitted]?: true }

/**
 * Closes the routes of a scope. Each route gets its guard as it is declared: behind the hooks of the scope, so that
 * a 401 has the header fields of CORS, and before the hooks of the route.
 *
 * @returns the onRequest hook of the scope, which guards the routes that weren't seen being declared
 */
export function closeRoutes (instance: FastifyInstance, authenticate: Authenticate | undefined): onRequestHookHandler {
  const { ptStatus } = instance
  const guards: Array<{ route: RouteOptions, access: Access | undefined }> = []
  if (!instance.hasDecorator(principalOf)) {
    instance.decorate(principalOf, true).decorateRequest('principal', {
      getter () { return (this as Guarded)[principalOf] ?? null },
      setter (principal) { (this as Guarded)[principalOf] = principal }
    })
  }

  instance.addHook('onRoute', function (route) {
    if (this.ptStatus !== ptStatus) return
    const access = accessOf(route.config)
    checkAccess(route, access, authenticate !== undefined)
    if (authenticate === undefined || access === 'public') return
    route.onRequest = [guard(authenticate, access), route.onRequest ?? []].flat()
    route.preParsing = [barUnadmitted(route.method), route.preParsing ?? []].flat()
    guards.push({ route, access })
  })

  instance.addHook('onReady', async () => {
    for (const { route, access } of guards) {
      if (accessOf(route.config) !== access) throw new TypeError(`Cannot close ${String(route.method)} ${route.url}: its config.access was changed after the plugin had read it`)
    }
  })

  return function guardOthers (request, reply, done) {
    if (isDeclared(request) || request.is404 || request.server.ptStatus !== ptStatus) return done()
    const access = accessOf(request.routeOptions.config)
    checkAccess(request.routeOptions, access, authenticate !== undefined)
    if (authenticate === undefined || access === 'public') return done()
    return guard(authenticate, access).call(this, request, reply, done)
  }
}

/** Who may use a route: `undefined` is any principal. */
export function accessOf (config: object | undefined): Access | undefined {
  return (config as { access?: Access } | undefined)?.access
}

/** Lets in who was admitted alone: a hook before the guard that throws nothing, as in `throw undefined`, has Fastify skip it. */
function barUnadmitted (method: RouteOptions['method']): preParsingHookHandler {
  return function bar (request, reply, payload, done) {
    if ((request as Guarded)[admitted]) return done()
    if (!isPreflight(request)) return done(noCredentials)
    // Who looks like a preflight is let through to what is for preflights alone
    if (method === 'OPTIONS') return done()
    reply.callNotFound()
  }
}

/** The guard of a route: it calls back at once where there is nothing to wait for, else it returns a promise. */
function guard (authenticate: Authenticate, access: Exclude<Access, 'public'> | undefined): onRequestHookHandler {
  const refusalOf = admission(access, authenticate.realm)

  return function authorize (request, reply, done) {
    if (isPreflight(request)) return done()
    let refusal: Soon<StatusError | undefined>
    try {
      refusal = soon(authenticate(request, reply), principal => reply.sent ? undefined : admit(request, principal))
    } catch (error) {
      // Fastify takes a callback of nothing, as after `throw undefined`, for success
      return error ? done(error as Error) : Promise.reject(error)
    }
    if (!(refusal instanceof Promise)) return done(refusal)
    return refusal.then(refusal => {
      if (refusal !== undefined) throw refusal
    })
  }

  function admit (request: FastifyRequest, principal: Principal | null | undefined | void): Soon<StatusError | undefined> {
    if (principal === null || principal === undefined) return noCredentials
    if (typeof principal !== 'object') throw new TypeError('Cannot authenticate: a principal must be an object')
    request.principal = principal
    return soon(refusalOf(request, principal), refusal => {
      if (refusal === undefined) (request as Guarded)[admitted] = true
      return refusal
    })
  }
}

type Soon<T> = T | Promise<T>

/** Goes on with a value: at once, unless it is a promise. */
function soon<T, Next> (value: Soon<T>, next: (value: T) => Soon<Next>): Soon<Next> {
  // Not instanceof Promise: a reply, which authenticate may return, is thenable, too
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function' ? Promise.resolve(value).then(next) : next(value as T)
}

/** What a principal is refused by that the route doesn't admit. */
function admission (access: Exclude<Access, 'public'> | undefined, realm: string | undefined): (request: FastifyRequest, principal: Principal) => Soon<StatusError | undefined> {
  if (access === undefined) return () => undefined
  if (typeof access === 'function') {
    return (request, principal) => soon(access(request, principal), isAdmitted => isAdmitted === true ? undefined : notAllowed)
  }
  const { scopes } = access
  const insufficientScope = forbidden('The credentials lack a scope that this needs.', { code: 'INSUFFICIENT_SCOPE', scopes, realm })
  return (request, principal) => {
    const { scopes: granted = [] } = principal
    if (!Array.isArray(granted)) throw new TypeError('Cannot admit: the scopes of a principal must be an array')
    return scopes.every(scope => granted.includes(scope)) ? undefined : insufficientScope
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
