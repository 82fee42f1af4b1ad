import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { everywhere, onTheRoute, type Addition, type Neighbour } from './seams.ts'

const never: Addition['on'] = { text: 'never', object: 'never', stream: 'never', nothing: 'never', thrown: 'never', held: 'never', closed: 'never' }

/** Each kind of hook that runs for a request, and the answers that it has a part in; none, for one that comes after the answer. */
const kinds: Readonly<Record<string, Addition['on'] | undefined>> = {
  onRequest: onTheRoute,
  preParsing: onTheRoute,
  preValidation: onTheRoute,
  preHandler: onTheRoute,
  // Only objects are serialised; some of those that are held back, or turn out to be a 304, were
  preSerialization: { ...never, object: 'always', nothing: 'maybe', held: 'maybe' },
  onSend: everywhere,
  onError: { ...never, thrown: 'always', held: 'maybe', closed: 'maybe' },
  onResponse: undefined
}

type Hook = (request: FastifyRequest, reply: FastifyReply, ...rest: any[]) => unknown

/** A hook that leaves a mark on the answer, and changes the content of a 200 if it can. */
function work (kind: string, tally: { runs: number }, reply: FastifyReply, payload: unknown): unknown {
  tally.runs++
  if (kind !== 'onResponse') reply.header('x-seam', kind)
  return kind === 'onSend' && typeof payload === 'string' && reply.statusCode === 200 ? `${payload}\n` : undefined
}

/** How a hook says that it has done its work. */
const ways: Readonly<Record<string, (kind: string, tally: { runs: number }) => Hook>> = {
  'a hook that calls back': (kind, tally) => (request, reply, ...rest) => { rest.pop()(null, work(kind, tally, reply, rest[0])) },
  'an async hook': (kind, tally) => async (request, reply, ...rest) => {
    await new Promise(setImmediate)
    return work(kind, tally, reply, rest[0])
  }
}

/** What the onRoute hook of a plugin does to the hooks of a kind. */
const edits: Readonly<Record<string, (hooks: readonly Hook[], hook: Hook) => Hook[]>> = {
  appends: (hooks, hook) => [...hooks, hook],
  prepends: (hooks, hook) => [hook, ...hooks],
  'replaces all by': (hooks, hook) => [hook]
}

type Hooks = Record<string, Hook | Hook[] | undefined>

/** How it writes them on the route. */
const writes: Readonly<Record<string, (route: Hooks, kind: string, hooks: Hook[]) => void>> = {
  'in place': (route, kind, hooks) => {
    const present = route[kind]
    if (Array.isArray(present)) present.splice(0, present.length, ...hooks)
    else route[kind] = hooks
  },
  'in a new array': (route, kind, hooks) => { route[kind] = hooks }
}

function neighbour (name: string, kind: string, join: Neighbour['join']): Neighbour {
  const on = kinds[kind]
  return {
    name,
    join,
    ...(on === undefined ? { runsOnce: true } : { adds: [{ field: 'x-seam', value: new RegExp(`^${kind}$`), on }] }),
    ...(kind === 'onSend' && { content: 'changed' })
  }
}

/** Hooks of each kind: of the scope, and on each route by an onRoute hook. */
export const hooks: readonly Neighbour[] = Object.keys(kinds).flatMap(kind => Object.entries(ways).flatMap(([way, hook]) => [
  neighbour(`${kind}: ${way} of the scope`, kind, (scope: FastifyInstance, tally) => { scope.addHook(kind as 'onRequest', hook(kind, tally) as never) }),
  ...Object.entries(edits).flatMap(([edit, edited]) => Object.entries(writes).map(([where, write]) =>
    neighbour(`${kind}: onRoute ${edit} ${way}, ${where}`, kind, (scope, tally) => {
      const added = hook(kind, tally)
      scope.addHook('onRoute', (route: RouteOptions) => {
        const present = [(route as unknown as Hooks)[kind] ?? []].flat()
        write(route as unknown as Hooks, kind, edited(present, added))
      })
    })
  ))
]))
