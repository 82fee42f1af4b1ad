import { connect } from 'node:net'
import { contenders, type Contender } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

export const question = "What do a 500, and a 503 from a driver's error, cost?"

/** A real one, of a port where nobody listens. */
const refused = await new Promise<Error>(resolve => { connect(4, '127.0.0.1').once('error', resolve) })

const fail = (contender: Contender, errorOf: () => Error, status: number): Contestant => ({
  status,
  app: async options => {
    const app = await contender(options)
    app.get('/', async () => { throw errorOf() })
    return app
  }
})

const bug = () => new Error('undefined is not a function')
const away = () => Object.assign(new Error(refused.message), refused)

/** Who knows a driver's error. */
const knowing = ['Fastify by hand', 'fastify-pt-status']

export const contestants: Record<string, Contestant> = Object.fromEntries(Object.entries(contenders).flatMap(([name, contender]) => [
  [`a bug, ${name}`, fail(contender, bug, 500)],
  [`a driver's, ${name}`, fail(contender, away, knowing.includes(name) ? 503 : 500)]
]))

export const goals: Goal[] = ['a bug', "a driver's"].map(kind => ({ of: `${kind}, fastify-pt-status`, beside: `${kind}, Fastify by hand`, atMost: 1 }))
