import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Access, AccessRoute, Authenticate, Principal } from '../../types/index.ts'
import { forbidden, repeat, scopeToken, unauthorized, type StatusError } from '../contract/errors.ts'
import type { Scope } from '../contract/scope.ts'

/** The principal of a request. It proves nothing: only `admitted` says that the guard let the request in. */
const principalOf = Symbol('fastify-pt-status.principal')
/** Marks a scope whose `request.principal` is this plugin's. */
const decorated = Symbol('fastify-pt-status.principalIsOurs')
/** Marks a request that the guard of its route has let in. */
const admitted = Symbol('fastify-pt-status.admitted')

type Guarded = FastifyRequest & { [principalOf]?: Principal | null, [admitted]?: true }

/** Gives the requests of a scope their `principal`, unless a scope above has done so. */
export function decoratePrincipal ({ instance }: Scope): void {
  if (instance.hasDecorator(decorated)) return
  instance.decorate(decorated, true).decorateRequest('principal', {
    getter () { return (this as Guarded)[principalOf] ?? null },
    setter (principal) { (this as Guarded)[principalOf] = principal }
  })
}

/**
 * Who may use a route: `undefined` is any principal.
 *
 * @throws {TypeError} if its access is not valid, or asks for a principal where nobody tells who that is
 */
export function accessOf (route: AccessRoute, { settings: { authenticate, access: ofOthers } }: Scope): Access | undefined {
  const { access = ofOthers?.(route) } = (route.config ?? {}) as { access?: Access }
  if (access === undefined || access === 'public') return access
  const name = `${String(route.method)} ${route.url}`
  if (!isAccess(access)) throw new TypeError(`Cannot close ${name}: access must be 'public', { scopes: [...] } or a function`)
  if (authenticate === undefined) throw new TypeError(`Cannot close ${name}: it asks for access, but the plugin has no authenticate`)
  return access
}

/** Whether something is a request that the guard of its route has let in. */
export function isAdmitted (request: unknown): boolean {
  return (request as Guarded | null | undefined)?.[admitted] === true
}

/** What a request without credentials is refused by: its own, since hooks may write on what they are given. */
export const noCredentials = repeat(unauthorized())

const notAllowed = repeat(forbidden())

/** The guard of a route: it calls back at once where there is nothing to wait for, else it returns a promise. */
export function guardOf (authenticate: Authenticate, access: Exclude<Access, 'public'> | undefined): onRequestHookHandler {
  const refusalOf = admission(access, authenticate.realm)

  return function guard (request, reply, done) {
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
    if (principal === null || principal === undefined) return noCredentials()
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

/** Makes what refuses principals that the route doesn't admit. */
function admission (access: Exclude<Access, 'public'> | undefined, realm: string | undefined): (request: FastifyRequest, principal: Principal) => Soon<StatusError | undefined> {
  if (access === undefined) return () => undefined
  if (typeof access === 'function') {
    return (request, principal) => soon(access(request, principal), isAdmitted => isAdmitted === true ? undefined : notAllowed())
  }
  const { scopes } = access
  const insufficientScope = repeat(forbidden('The credentials lack a scope that this needs.', { code: 'INSUFFICIENT_SCOPE', scopes, realm }))
  return (request, principal) => {
    const { scopes: granted = [] } = principal
    if (!Array.isArray(granted)) throw new TypeError('Cannot admit: the scopes of a principal must be an array')
    return scopes.every(scope => granted.includes(scope)) ? undefined : insufficientScope()
  }
}

/** Whether a request is a CORS preflight, or looks like one: it never has credentials (Fetch, CORS-preflight fetch). */
export function isPreflight ({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

function isAccess (access: any): access is Access {
  return typeof access === 'function' || (Array.isArray(access?.scopes) && access.scopes.every(isScope))
}

function isScope (scope: unknown): boolean {
  return typeof scope === 'string' && scopeToken.test(scope)
}
