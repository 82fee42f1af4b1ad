import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler, preHandlerHookHandler } from 'fastify'

/**
 * All that the plugin knows of Fastify's inside. No public means tells it; test/fastify/internals.test.ts fails where
 * Fastify changes it.
 */

const waiting = new WeakMap<FastifyInstance, Array<() => unknown>>()

/**
 * Acts on the options of a route once all `onRoute` hooks have had them, and before Fastify reads the hooks in them: it
 * does so when everything has loaded. What another plugin has put, pushed or replaced there is known by then.
 *
 * @param instance where the route is being declared
 */
export function beforeHooksAreRead (instance: FastifyInstance, act: () => unknown): void {
  const acts = waiting.get(instance)
  if (acts !== undefined) {
    acts.push(act)
    return
  }
  const all = [act]
  waiting.set(instance, all)
  // Fastify's own callback of the route, which comes behind this one, reads its error handler
  instance.after(() => {
    waiting.delete(instance)
    for (const act of all) act()
  })
}

/**
 * Adds a hook before all others of an instance and of those that were made in it. Fastify adds hooks behind those that are
 * there, and takes one that throws nothing for success, without asking those behind it.
 */
export function addHookFirst (instance: FastifyInstance, name: 'preHandler', hook: preHandlerHookHandler): void {
  const hooks = symbolOf(instance, 'fastify.hooks')!
  const children = symbolOf(instance, 'fastify.children')!
  const instances = [instance as unknown as Record<symbol, any>]
  for (const each of instances) {
    each[hooks][name].unshift(hook)
    instances.push(...each[children])
  }
}

/** Whether an `onSend` hook is the one by which Fastify's own HEAD routes drop their content. */
export function dropsContentOfHead (hook: onSendHookHandler): boolean {
  return hook.name === 'headRouteOnSendHandler'
}

/** The trailers that a reply has. Fastify tells whether there is one of a name, and not which there are. */
export function trailersOf (reply: FastifyReply): string[] {
  trailers ??= symbolOf(reply, 'fastify.reply.trailers')
  const own = trailers && (reply as unknown as Record<symbol, object | null | undefined>)[trailers]
  return own ? Object.keys(own).filter(name => reply.hasTrailer(name)) : []
}

let trailers: symbol | undefined

function symbolOf (of: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(of).find(symbol => symbol.description === description)
}

/**
 * Whether Fastify has given up an answer that told its type, and its length as a number: it forgets both where an answer
 * fails, before it asks the next error handler.
 */
export function hasFailed (reply: FastifyReply, type: string): boolean {
  return typeof reply.getHeader('content-length') !== 'number' && reply.getHeader('content-type') !== type
}

/** Whether a payload is the body by which Fastify itself tells an error: it tells the length as text, and of others behind the `onSend` hooks. */
export function isFastifysErrorBody (reply: FastifyReply, payload: unknown): boolean {
  return typeof payload === 'string' && typeof reply.getHeader('content-length') === 'string'
}

/**
 * Answers the unknown routes of an instance without taking the user's not-found handler, which wins whenever it is set: a
 * hook in front of Fastify's default handler answers.
 *
 * @throws {Error} if a handler is set already
 */
export function setUnroutedAnswer (instance: FastifyInstance, answer: (request: FastifyRequest, reply: FastifyReply) => void): void {
  // Under a prefix of its own, Fastify can't replace a handler: there, the second stops the start with its own message
  if (instance.prefix !== '') instance.setNotFoundHandler(answer)
  else (instance.setNotFoundHandler as (options: object) => unknown)({ preHandler: (request: FastifyRequest, reply: FastifyReply, _done: unknown) => { answer(request, reply) } })
}
