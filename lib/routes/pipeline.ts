import type { FastifyInstance, FastifyRequest, onRequestHookHandler, onSendHookHandler, RouteOptions } from 'fastify'
import { scopeOf, type Scope } from '../contract/scope.ts'
import { beforeHooksAreRead, dropsContentOfHead, hasFailed } from '../fastify/internals.ts'
import { unexpected } from '../refusal/attribution.ts'
import { handleError, handlePastHooks, setErrorHandlers } from '../refusal/error-handler.ts'
import { fail, failingOf } from '../refusal/failing.ts'
import { refusalOf } from '../refusal/refusal-of.ts'
import { giveUp } from '../refusal/refuse.ts'
import { wrongHost } from '../server/host.ts'
import type { Outage } from '../server/outage.ts'
import { mediaTypeCheck } from '../validation/compilers.ts'
import { accessOf, decoratePrincipal } from './access.ts'
import { adviser } from './advice.ts'
import { taggingBy, type Tagging } from './caching.ts'
import { closeUnseen, gateOf, type Gate } from './gate.ts'
import { lastWord } from './last-word.ts'
import { noteContent } from './payload.ts'
import { isOutside, type Route } from './routes.ts'
import { isSeen, markSeen, watchRoutes } from './seen.ts'
import { successesOfRoute, successesOfUnseen } from './successes.ts'

/** What the steps of a route are made from. */
interface Made {
  scope: Scope
  route: Route
  gate: Gate | undefined
  tagging: Tagging | undefined
  /** The `onSend` hooks of the route that are others'. */
  others: onSendHookHandler[]
  lastWord: onSendHookHandler
}

/**
 * The hooks of the plugin that a request to a route meets, in order; a step that makes none is left out. Before them come
 * the hooks of the scope: `enter` of the plugin (Host, outage), then those of users and other plugins.
 *
 * - `first`: before the hooks of the route, whoever put them there, so that these see an admitted principal
 * - `last`: behind them, where the answer is as it will be sent
 */
const steps: ReadonlyArray<{ name: string, hook: 'onRequest' | 'preParsing' | 'preValidation' | 'onSend', place: 'first' | 'last', make: (made: Made) => Function | undefined }> = [
  { name: 'guard', hook: 'onRequest', place: 'first', make: ({ gate }) => gate?.guard },
  { name: 'bar', hook: 'preParsing', place: 'first', make: ({ gate }) => gate?.bar },
  { name: 'media type', hook: 'preValidation', place: 'first', make: ({ scope, route }) => mediaTypeCheck(route.options.schema, scope) },
  // Here the handler runs, behind the gate
  { name: 'content', hook: 'onSend', place: 'first', make: ({ others }) => others.length > 0 ? noteContent : undefined },
  { name: 'tag', hook: 'onSend', place: 'last', make: ({ tagging }) => tagging?.tag },
  { name: 'last word', hook: 'onSend', place: 'last', make: ({ lastWord }) => lastWord }
]

/**
 * Puts a scope's hooks where they belong: those of the scope, and those of each route as it is declared.
 *
 * @returns the routes that the scope sees being declared, and what rejects if an option can't be used
 */
export function setPipeline (scope: Scope, { refusalOf: outageOf }: Outage): { routes: readonly Route[], loading: Promise<void> | undefined } {
  const { instance, settings } = scope
  const routes: Route[] = []
  const changed: string[] = []
  const declared: Array<{ on: FastifyInstance, name: string }> = []
  const tagging = settings.etag === false ? undefined : taggingBy(settings.etag)
  const isUnseen = (request: FastifyRequest): boolean => scopeOf(request.server) === scope && !isSeen(request)

  decoratePrincipal(scope)
  const routesFromBefore = watchRoutes(scope)
  const hasOurHandler = setErrorHandlers(scope)
  // `enter` refuses before anybody asks for credentials
  const guardUnseen = closeUnseen(scope, request => isUnseen(request) && !request.is404)
  instance.addHook('onRequest', function enter (request, reply, done) {
    const refusal = wrongHost(request.raw) ?? outageOf(request)
    return refusal === undefined ? guardUnseen.call(this, request, reply, done) : done(refusal)
  } satisfies onRequestHookHandler)

  // It calls back only if an error handler should answer. Fastify runs it again after its own handler has failed: calling
  // back then would send Fastify's body
  instance.addHook('onError', function remember (request, reply, thrown, done) {
    if (scopeOf(request.server) !== scope) return done()
    if (failingOf(reply) !== undefined) return giveUp(refusalOf(thrown, request, reply), request, reply)
    if (!isError(thrown) && isUnseen(request) && hasOurHandler(request.server)) return handlePastHooks(thrown, request, reply)
    fail(reply, thrown)
    done()
  })

  // Fastify gave some of these routes its own handler before the scope set one; one that a user set later answers by itself
  const lastWordOfUnseen = lastWord(scope, { contract: settings.contract, successesFor: successesOfUnseen(scope), hasFastifysHandler: ({ server }) => hasOurHandler(server), content: 'passed on' }, adviser())
  instance.addHook('onSend', function lastWordOfScope (request, reply, payload, done) {
    if (scopeOf(request.server) !== scope) return done()
    if (failingOf(reply)?.stage === 'refused' && hasFailed(reply, settings.format.contentType)) return giveUp(unexpected, request, reply)
    return isUnseen(request) ? lastWordOfUnseen.call(this, request, reply, payload, done) : done()
  } satisfies onSendHookHandler)

  instance.addHook('onRoute', function (options) {
    if (scopeOf(this) !== scope) return
    markSeen(scope, this, options)
    const route = { options, schema: undefined, methods: [options.method].flat(), url: options.url, access: accessOf(options, scope), isOutside: isOutside(options, settings) } as Route
    routes.push(route)
    const gate = gateOf(options, route.access, scope)
    gate?.close(options)
    const { access } = options.config ?? {}

    beforeHooksAreRead(this, () => {
      const name = `${String(options.method)} ${route.url}`
      if (options.config?.access !== access) changed.push(name)
      declared.push({ on: this, name })
      // If the refusal itself fails, Fastify then asks this handler again, instead of its own
      if (hasOurHandler(this)) options.errorHandler ??= handleError
      place(options, scope, route, gate, route.methods.some(method => method === 'GET' || method === 'HEAD') ? tagging : undefined)
    })
  })
  instance.addHook('onReady', async () => {
    // Some instances have a scope of their own by now, which hasn't seen these
    const early = [...routesFromBefore(), ...declared.splice(0).filter(({ on }) => scopeOf(on) !== scope).map(({ name }) => name)]
    if (early.length > 0) instance.log.warn(`Cannot check the successes of ${list(early)}: the routes were declared before fastify-pt-status had loaded; await its registration first`)
    if (changed.length > 0) throw new TypeError(`Cannot close ${changed.join(', ')}: its config.access was changed after the plugin had read it`)
  })
  return { routes, loading: tagging?.loading }
}

/** Puts the steps of a route among its hooks. */
function place (options: RouteOptions, scope: Scope, route: Route, gate: Gate | undefined, tagging: Tagging | undefined): void {
  const hooks = options as unknown as Record<string, Function | Function[] | undefined>
  const onSend = [options.onSend ?? []].flat() as onSendHookHandler[]
  // The last word drops the content instead, behind the tag: dropped content can't be tagged
  const others = onSend.filter(hook => options.method !== 'HEAD' || !dropsContentOfHead(hook))
  const made = { scope, route, gate, tagging, others, lastWord: lastWordOf(scope, route, options.method === 'HEAD' && onSend.some(dropsContentOfHead)) }
  hooks['onSend'] = others

  for (const hook of new Set(steps.map(({ hook }) => hook))) {
    const at = (place: 'first' | 'last') => steps.filter(step => step.hook === hook && step.place === place).map(({ make }) => make(made) ?? [])
    const all = [at('first'), hooks[hook] ?? [], at('last')].flat(2) as Function[]
    if (all.length > 0) hooks[hook] = all
  }
}

function lastWordOf (scope: Scope, route: Route, isHeadOfGet: boolean): onSendHookHandler {
  const { contract } = scope.settings
  const writes = route.methods.some(method => method !== 'GET' && method !== 'HEAD')
  const source = { contract, successesFor: successesOfRoute(scope, route), hasFastifysHandler: () => false, content: isHeadOfGet ? 'dropped' : 'sent' } as const
  return lastWord(scope, source, writes ? adviser() : () => {})
}

function isError (thrown: unknown): boolean {
  try {
    return thrown instanceof Error && typeof thrown.message === 'string'
  } catch {
    return false
  }
}

/** The first of some names, and how many there are. */
function list (names: readonly string[]): string {
  const most = 10
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
