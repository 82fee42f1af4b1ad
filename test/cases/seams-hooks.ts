import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
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

type Making = (kind: string, tally: { runs: number }) => Hook

/** How a hook says that it has done its work. */
const ways: Readonly<Record<string, Making>> = {
  'a hook that calls back': (kind, tally) => (request, reply, ...rest) => { rest.pop()(null, work(kind, tally, reply, rest[0])) },
  'an async hook': (kind, tally) => async (request, reply, ...rest) => {
    await new Promise(setImmediate)
    return work(kind, tally, reply, rest[0])
  }
}

type Edit = (hooks: readonly Hook[], hook: Hook) => Hook[]

/** What the onRoute hook of a plugin does to the hooks of a kind. */
const edits: Readonly<Record<string, Edit>> = {
  appends: (hooks, hook) => [...hooks, hook],
  prepends: (hooks, hook) => [hook, ...hooks],
  'replaces all by': (hooks, hook) => [hook]
}

type Hooks = Record<string, Hook | Hook[] | undefined>
type Write = (route: Hooks, kind: string, hooks: Hook[]) => void

/** How it writes them on the route. */
const writes: Readonly<Record<string, Write>> = {
  'in place': (route, kind, hooks) => {
    const present = route[kind]
    if (Array.isArray(present)) present.splice(0, present.length, ...hooks)
    else route[kind] = hooks
  },
  'in a new array': (route, kind, hooks) => { route[kind] = hooks }
}

/** A neighbour that leaves the mark of a kind. */
function neighbour (name: string, kind: string, join: Neighbour['join']): Neighbour {
  const on = kinds[kind]
  return {
    name,
    join,
    ...(on === undefined ? { runsOnce: true } : { adds: [{ field: 'x-seam', value: markOf(name, kind), on }] }),
    ...(kind === 'onSend' && { content: 'changed' })
  }
}

/** An onRoute hook that edits the hooks of some kinds. */
function onRoute (edit: Edit, write: Write, made: Readonly<Record<string, Making>>): Neighbour['join'] {
  return (scope, tally) => {
    const added = Object.entries(made).map(([kind, make]) => [kind, make(kind, tally)] as const)
    scope.addHook('onRoute', (route: RouteOptions) => {
      const hooks = route as unknown as Hooks
      for (const [kind, hook] of added) write(hooks, kind, edit([hooks[kind] ?? []].flat(), hook))
    })
  }
}

/** Hooks of each kind, of the scope and on each route by an onRoute hook; and one that leaves no hook on a route but its own. */
export const hooks: readonly Neighbour[] = Object.entries(ways).flatMap(([way, make]) => [
  ...Object.keys(kinds).flatMap(kind => [
    neighbour(`${kind}: ${way} of the scope`, kind, (scope, tally) => { scope.addHook(kind as 'onRequest', make(kind, tally) as never) }),
    ...Object.entries(edits).flatMap(([name, edit]) => Object.entries(writes).map(([where, write]) =>
      neighbour(`${kind}: onRoute ${name} ${way}, ${where}`, kind, onRoute(edit, write, { [kind]: make }))
    ))
  ]),
  ...Object.entries(writes).map(([where, write]) => neighbour(
    `every kind: onRoute replaces all by ${way}, ${where}`, 'onSend', onRoute(edits['replaces all by']!, write, Object.fromEntries(Object.keys(kinds).map(kind => [kind, make])))
  ))
])

/** The mark of the hook that comes last. Unawaited, an answer to HEAD that has no content leaves before the onSend hooks of a route. */
function markOf (name: string, kind: string): RegExp {
  return name.startsWith('every kind') ? /^(onSend|preHandler)$/ : new RegExp(`^${kind}$`)
}
