import Fastify, { type FastifyInstance } from 'fastify'
import type { PtStatusOptions } from '../../lib/index.ts'
import { keptConnection, patience, type Answer, type Ask } from '../kept-connection.ts'
import { pathOf, rows } from './seams-answers.ts'
import { places, unawaited } from './seams-places.ts'
import { question } from './seams-questions.ts'
import type { Neighbour } from './seams.ts'

// Nobody has credentials here
const options: PtStatusOptions = { authenticate: () => null }

/** The plugin without a neighbour. */
export const alone: Neighbour = { name: 'the plugin alone', join: () => {} }

/** All answers of an app, by question; and what is wrong with them, by law and against those of the plugin alone. */
export interface Trial { readonly answers: ReadonlyMap<string, Answer>, readonly wrong: string[] }

/** Asks an app that has a neighbour in a place every question, over a kept connection or by injection. */
export async function attempt (place: string, neighbour: Neighbour, overSocket: boolean, answersAlone?: ReadonlyMap<string, Answer>): Promise<Trial> {
  const app = Fastify({ genReqId: () => 'id' })
  const tally = { runs: 0 }
  try {
    await places[place]!(app, { options, join: scope => neighbour.join(scope, tally), declare })
    await app.ready()
  } catch (error) {
    return { answers: new Map(), wrong: [`it doesn't start: ${String(error)}`] }
  }
  const { ask, close } = overSocket ? keptConnection(await app.listen({ host: '127.0.0.1', port: 0 })) : { ask: byInjection(app), close () {} }
  try {
    const { answers, wrong, asked } = await question(ask, { neighbour, isAwaited: place !== unawaited, answersAlone })
    if (neighbour.runsOnce) {
      // The last of them runs once its answer has gone
      for (let turn = 0; turn < 1000 && tally.runs < asked; turn++) await new Promise(setImmediate)
      if (tally.runs !== asked) wrong.push(`it ran ${tally.runs} times for ${asked} requests`)
    }
    return { answers, wrong }
  } finally {
    close()
    await app.close()
  }
}

function declare (scope: FastifyInstance): void {
  for (const { name, kind, response, handler } of rows) {
    const route = { url: pathOf(name), schema: { response }, config: kind === 'closed' ? {} : { access: 'public' as const }, handler }
    scope.route({ ...route, method: 'GET' })
    scope.route({ ...route, method: ['OPTIONS', 'POST'] })
  }
}

function byInjection (app: FastifyInstance): Ask {
  return async (method, url, headers, payload) => {
    let timer: NodeJS.Timeout | undefined
    const hanging = new Promise<never>((resolve, reject) => { timer = setTimeout(() => reject(new Error('hangs')), patience) })
    try {
      const asking = app.inject({ method: method as 'GET', url, headers, ...(payload !== undefined && { payload }) })
      const { statusCode, headers: fields, rawPayload } = await Promise.race([asking, hanging])
      return { status: statusCode, fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value].flat().join(', ')])), body: rawPayload }
    } finally {
      clearTimeout(timer)
    }
  }
}
