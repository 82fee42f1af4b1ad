import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import ptStatus from 'fastify-pt-status'
import { results, rounds, type Goal, type Result } from '../compare.ts'

export const question = 'What does ready() of 1,000 routes cost, with all responses derived?'

/** Makes an app that isn't ready yet. */
export type Starter = () => Promise<FastifyInstance>

interface Variant {
  shared?: number
  heads?: boolean
}

const starter = (isPlugin: boolean, { shared = 0, heads = false }: Variant): Starter => async () => {
  const app = Fastify({ exposeHeadRoutes: heads })
  for (let index = 0; index < shared; index++) app.addSchema({ $id: `shared-${index}`, type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } } })
  // As a real app does: the plugin before the routes, all of it loaded by ready()
  if (isPlugin) app.register(ptStatus)
  app.register(async scope => {
    for (let index = 0; index < 1000; index++) {
      const body = Type.Object({ id: Type.String(), name: Type.String(), [`field${index}`]: Type.Number() })
      scope.get(`/things-${index}/:id`, { schema: { params: Type.Object({ id: Type.String() }), response: { 200: body } } }, async () => ({}))
    }
  })
  return app
}

const variants: Record<string, Variant> = { plain: { heads: false }, 'HEAD routes': { heads: true }, '50 shared schemas': { shared: 50 }, '50 shared, HEAD routes': { shared: 50, heads: true } }

export const starters: Record<string, Starter> = Object.fromEntries(Object.entries(variants).flatMap(([name, variant]) => [
  [`${name}: Fastify`, starter(false, variant)],
  [`${name}: fastify-pt-status`, starter(true, variant)]
]))

export const goals: Goal[] = Object.keys(variants).flatMap(name => {
  const [of, beside] = [`${name}: fastify-pt-status`, `${name}: Fastify`]
  return [{ of, beside, atMost: 1.1 }, { of, beside, atMost: 3, more: 'heap MB' }]
})

export async function measure (): Promise<Result[]> {
  const names = Object.keys(starters)
  const samples: Array<Map<string, Record<string, number>>> = []
  for (let round = 0; round < rounds; round++) {
    const sample = new Map<string, Record<string, number>>()
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const child = fork(new URL('../start.js', import.meta.url), [import.meta.url, name], { execArgv: ['--expose-gc'] })
      const [figures] = await once(child, 'message')
      sample.set(name, figures)
    }
    samples.push(sample)
  }
  return results(samples)
}
