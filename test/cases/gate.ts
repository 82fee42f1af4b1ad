import type { FastifyInstance, onRequestHookHandler, RouteOptions } from 'fastify'
import ptStatus, { type PtStatusOptions } from '../../lib/index.ts'

type Handler = RouteOptions['handler']
type Hooks = Partial<Pick<RouteOptions, Phase>>

/** Closed routes of each kind, which all have one handler and maybe hooks of their own. */
export function declareClosed (scope: FastifyInstance, handler: Handler, hooks: Hooks = {}): void {
  scope.get('/get', hooks, handler)
  scope.all('/all', hooks, handler)
  scope.route({ ...hooks, method: ['GET', 'OPTIONS'], url: '/both', config: { access: { scopes: ['admin'] } }, handler })
  scope.options('/scopes', { ...hooks, config: { access: { scopes: [] } } }, handler)
  scope.options('/function', { ...hooks, config: { access: async () => true } }, handler)
  scope.post('/post/:id', { ...hooks, config: { access: () => true } }, handler)
  scope.head('/head', hooks, handler)
}

export const paths = ['/get', '/all', '/both', '/scopes', '/function', '/post/1', '/head']

const site = { origin: 'https://a.example' }
export const preflight = { ...site, 'access-control-request-method': 'GET' }

/** What each path is asked; none of it has credentials. */
export const asked: ReadonlyArray<{ method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST', headers?: Record<string, string>, payload?: string }> = [
  { method: 'GET' },
  { method: 'HEAD', headers: site },
  { method: 'OPTIONS' },
  { method: 'OPTIONS', headers: preflight },
  { method: 'POST', headers: { ...preflight, 'content-type': 'application/json' }, payload: '{}' }
]

/** What an app is made of, beside the plugin. */
interface Parts {
  options: PtStatusOptions
  join: (scope: FastifyInstance) => unknown
  declare: (scope: FastifyInstance) => void
}

const undefinedOptions = Object.fromEntries([
  'authenticate', 'access', 'outside', 'mapError', 'unavailable', 'format', 'codes', 'undeclared', 'check', 'challenge',
  'retryAfter', 'drainDelay', 'securityScheme', 'etag', 'validation'
].map(name => [name, undefined])) as PtStatusOptions

/** In which order the plugin, the routes and what stands beside them are registered. */
export const places: Readonly<Record<string, (app: FastifyInstance, parts: Parts) => unknown>> = {
  'others before the plugin': async (app, { options, join, declare }) => { await join(app); await app.register(ptStatus, options); declare(app) },
  'others behind the plugin': async (app, { options, join, declare }) => { await app.register(ptStatus, options); await join(app); declare(app) },
  'a plugin that nobody awaits, others before': (app, { options, join, declare }) => { join(app); app.register(ptStatus, options); declare(app) },
  'a plugin that nobody awaits, others behind': (app, { options, join, declare }) => { app.register(ptStatus, options); join(app); declare(app) },
  'routes before the plugin': async (app, { options, join, declare }) => { declare(app); await join(app); await app.register(ptStatus, options) },
  'a child scope': async (app, { options, join, declare }) => {
    await app.register(ptStatus, options)
    await app.register(async child => { await join(child); declare(child) })
  },
  'a child scope from before the plugin': async (app, { options, join, declare }) => {
    let child!: FastifyInstance
    await app.register(async scope => { await join(child = scope) })
    await app.register(ptStatus, options)
    declare(child)
  },
  'a nested plugin': async (app, { options, join, declare }) => {
    await app.register(ptStatus, options)
    await app.register(async child => { await child.register(ptStatus, { authenticate: undefined }); await join(child); declare(child) })
  },
  'a nested plugin, every option of it undefined, that nobody awaits': async (app, { options, join, declare }) => {
    await app.register(ptStatus, options)
    await app.register(async child => { await join(child); child.register(ptStatus, undefinedOptions); declare(child) })
  },
  'a nested plugin with an authenticate of its own, that nobody awaits': async (app, { options, join, declare }) => {
    await app.register(ptStatus, { authenticate: async () => null })
    app.register(async child => { await join(child); child.register(ptStatus, options); declare(child) })
  }
}

export const phases = ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const
export type Phase = typeof phases[number]

/** Hooks that Fastify takes for success, though they say nothing of the kind, or that go on twice. */
const hooks: Readonly<Record<string, onRequestHookHandler>> = {
  'throws undefined': () => { throw undefined }, // eslint-disable-line no-throw-literal
  'throws null': () => { throw null }, // eslint-disable-line no-throw-literal
  'throws 0': () => { throw 0 }, // eslint-disable-line no-throw-literal
  'rejects with undefined': (() => Promise.reject()) as never, // eslint-disable-line prefer-promise-reject-errors
  'goes on twice': (...args: unknown[]) => { for (const done of [args.at(-1), args.at(-1)] as Array<() => void>) done() },
  'goes on and throws undefined': (...args: unknown[]) => { (args.at(-1) as () => void)(); throw undefined } // eslint-disable-line no-throw-literal
}

/** What stands beside the plugin: hooks of the scope and of routes, and onRoute hooks. */
export interface Neighbour {
  name: string
  join: (scope: FastifyInstance, handler: Handler) => unknown
  ofRoute?: Hooks
}

const wheres: ReadonlyArray<readonly Phase[]> = [...phases.map(phase => [phase]), phases]

function addHooks (scope: FastifyInstance, at: readonly Phase[], hook: onRequestHookHandler): void {
  for (const phase of at) scope.addHook(phase as 'onRequest', hook)
}

const troubles: Neighbour[] = Object.entries(hooks).flatMap(([name, hook]) => wheres.flatMap(at => [
  { name: `a hook of the scope that ${name} in ${at.join(', ')}`, join: scope => { addHooks(scope, at, hook) } },
  { name: `a hook of the route that ${name} in ${at.join(', ')}`, join () {}, ofRoute: Object.fromEntries(at.map(phase => [phase, hook])) }
] satisfies Neighbour[]))

/** What the onRoute hook of another plugin does to a route. */
const edits: Readonly<Record<string, (route: RouteOptions, handler: Handler) => void>> = {
  'empties the arrays of hooks': route => { for (const phase of phases) if (Array.isArray(route[phase])) route[phase].length = 0 },
  'takes the hooks away': route => { for (const phase of phases) delete route[phase] },
  'puts another handler': (route, handler) => { route.handler = handler },
  'wraps the handler': route => {
    const { handler } = route
    route.handler = function (request, reply) { return handler.call(this, request, reply) }
  },
  'puts another handler twice, once by Object.assign': (route, handler) => { route.handler = handler; Object.assign(route, { handler }) }
}

const editors: Neighbour[] = Object.entries(edits).flatMap(([name, edit]) => [false, true].flatMap(isLate => ({
  name: `an onRoute hook that ${name}${isLate ? ' once all has loaded' : ''}, and hooks that throw undefined`,
  join (scope, handler) {
    scope.addHook('onRoute', function (route) { if (isLate) this.after(() => { edit(route, handler) }); else edit(route, handler) })
    addHooks(scope, phases, hooks['throws undefined']!)
  }
}) satisfies Neighbour))

export const neighbours: readonly Neighbour[] = [{ name: 'nothing else', join () {} }, ...troubles, ...editors]
