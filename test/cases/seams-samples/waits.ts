import { once } from 'node:events'
import type { FastifyInstance, RouteHandlerMethod, RouteOptions } from 'fastify'
import { notFound, serviceUnavailable } from '../../../lib/index.ts'
import { marker } from '../seams-answers.ts'
import { get, only200, problem, success, type Options, type Question, type Sample } from './sample.ts'

type Hook = (request: any, reply: any, payload: unknown, done: any) => unknown

/** Where an onSend hook may stand. */
const stands: Readonly<Record<string, (scope: FastifyInstance, hook: Hook) => unknown>> = {
  'of the scope': (scope, hook) => scope.addHook('onSend', hook as never),
  'of the route': (scope, hook) => scope.addHook('onRoute', (route: RouteOptions) => { route.onSend = [route.onSend ?? [], hook as never].flat() })
}

function beside (hook: Hook, name: string, handler: RouteHandlerMethod, question: Question, options?: Options): Sample[] {
  return Object.entries(stands).map(([stand, add]) => ({ name: `${name}, onSend ${stand}`, join: (scope: FastifyInstance) => add(scope, hook), declare: get(handler, options), asks: [question] }))
}

async function turns (count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}

/** An async hook that waits. The reply isn't sent while it does, whoever asks it. */
const wait: Hook = async (request, reply, payload) => {
  await turns(3)
  return payload
}

/** One that holds the first answer until the handler's time is over, and then lets it go first or second. */
function waitForTimeout (first: number, second: number): Hook {
  return async ({ signal }: { signal: AbortSignal }, reply, payload) => {
    if (signal.aborted) {
      await turns(second)
    } else {
      await once(signal, 'abort')
      await turns(first)
    }
    return payload
  }
}

/** Handlers that send without a `return`, which Fastify asks again for an answer. */
const unreturned: readonly Sample[] = [
  ...beside(wait, 'send(notFound()) of an async handler', async (request, reply) => { reply.send(notFound('No such thing.')) }, { answers: problem(404, 'No such thing') }),
  ...beside(wait, 'send(notFound()) of a handler', (request, reply) => { reply.send(notFound('No such thing.')) }, { answers: problem(404, 'No such thing') }),
  ...beside(wait, 'send(error)', async (request, reply) => { reply.send(new Error(marker)) }, { answers: problem(500) }),
  ...beside(wait, 'a sent refusal', async (request, reply) => { reply.code(409).send({ message: 'There is one.' }) }, { answers: problem(400, 'There is one') }),
  ...beside(wait, 'an undeclared success', async (request, reply) => { reply.code(202).send({ secret: marker }) }, { answers: problem(500) }, only200),
  ...beside(wait, 'a success', async (request, reply) => { reply.send({ said: 'a success' }) }, { answers: { 200: success } }),
  ...beside(wait, 'noContent()', async (request, reply) => { reply.noContent() }, { answers: { 204: /^$/ } })
]

/** Two answers to one request: either may leave, but not the status of one with the content of the other. */
const contended: readonly Sample[] = [
  ...beside(wait, 'an Error that is thrown while a success is sent', async (request, reply) => { reply.send({ said: 'a success' }); throw new Error(marker) }, { answers: { 200: success, ...problem(500) } }),
  ...beside(wait, 'a refusal that is thrown while a success is sent', async (request, reply) => { reply.send({ said: 'a success' }); throw notFound() }, { answers: { 200: success, ...problem(404) } }),
  // Of a route that the plugin hasn't seen, Fastify's own handler answers a second error, and tells nothing of it but a 500
  ...beside(wait, 'a refusal that is thrown while a refusal is sent', async (request, reply) => { reply.send(notFound()); throw serviceUnavailable() }, { answers: { ...problem(404), ...problem(503), ...problem(500) } }),
  ...beside(wait, 'a success that is sent three times', async (request, reply) => { for (let time = 0; time < 3; time++) reply.send({ said: 'a success' }) }, { answers: { 200: success } }),
  ...[[0, 5], [5, 0]].flatMap(([first, second]) => beside(
    waitForTimeout(first!, second!), `handlerTimeout while a success is sent, which goes ${first === 0 ? 'on' : 'last'}`,
    async () => ({ said: 'a success' }), { answers: { 200: success, ...problem(503) } }, { handlerTimeout: 30 }
  ))
]

/** Ways for an onSend hook to refuse whatever is sent, its own refusal too. */
const refusing: Readonly<Record<string, (error: () => Error) => Hook>> = {
  throws: error => () => { throw error() },
  'calls back with': error => (request, reply, payload, done) => { done(error()) },
  'rejects with': error => async () => { throw error() },
  'waits, and rejects with': error => async () => { await turns(3); throw error() }
}

const errors: Readonly<Record<string, [error: () => Error, question: Question]>> = {
  'a 503': [() => serviceUnavailable('The circuit is open.', { retryAfter: 7 }), { answers: problem(503, 'The circuit is open'), has: { 'retry-after': /^7$/ } }],
  'a 404': [() => notFound('No such thing.'), { answers: problem(404, 'No such thing') }],
  'an Error': [() => Object.assign(new Error(marker), { statusCode: 404 }), { answers: problem(500) }]
}

const refusedTwice: readonly Sample[] = Object.entries(refusing).flatMap(([way, hookOf]) => Object.entries(errors).flatMap(([what, [error, question]]) =>
  beside(hookOf(error), `an onSend hook that always ${way} ${what}`, async () => ({ said: 'a success' }), question)
))

export default [...unreturned, ...contended, ...refusedTwice] satisfies readonly Sample[]
