import { connect } from 'node:net'
import { bare, errorIq, httpErrorsEnhanced, plugin, sensibles, type Contender } from './contenders.ts'
import type { Contestant, Goal } from './compare.ts'

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

const contenders = {
  'bare Fastify': bare,
  '@fastify/sensible and others': sensibles,
  'fastify-http-errors-enhanced': httpErrorsEnhanced,
  '@common-sense/error-iq': errorIq,
  'fastify-pt-status': plugin()
}

export const contestants: Record<string, Contestant> = Object.fromEntries(Object.entries(contenders).flatMap(([name, contender]) => [
  [`a bug, ${name}`, fail(contender, bug, 500)],
  [`a driver's, ${name}`, fail(contender, away, name === 'fastify-pt-status' ? 503 : 500)]
]))

export const goals: Goal[] = ['a bug', "a driver's"].map(kind => ({ of: `${kind}, fastify-pt-status`, beside: `${kind}, bare Fastify`, atMost: 1 }))
