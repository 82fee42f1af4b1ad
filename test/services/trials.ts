import Fastify from 'fastify'
import type { Test } from 'tap'
import ptStatus from '../../lib/index.ts'
import { facts } from '../../lib/refusal/signs.ts'
import { signOf } from '../../lib/refusal/unavailable.ts'

/** Has a real package fail, by rejecting. */
export type Trial = () => Promise<unknown>

/** By the sign that is to be proved, and how the package is made to give it. */
export type Trials = Record<string, Record<string, Trial>>

/** Proves that each sign of some packages is given by them, and makes a 503 of what they throw. */
export async function prove (t: Test, packages: string[], trials: Trials, provedElsewhere: string[] = []): Promise<void> {
  const signs = facts.filter(({ package: name }) => packages.includes(name)).flatMap(({ signs }) => signs)
  t.same(signs.filter(sign => trials[sign] === undefined && !provedElsewhere.includes(sign)), [], 'no sign is left unproved')

  for (const [sign, ways] of Object.entries(trials)) {
    for (const [title, trial] of Object.entries(ways)) {
      await t.test(`${sign}: ${title}`, async t => {
        const { status, retryAfter, body, thrown } = await answerTo(t, trial)
        t.ok([...errorsIn(thrown)].some(error => signOf(error) === sign), `${String(thrown)}`)
        t.match({ status, retryAfter, body: JSON.parse(body) }, { status: 503, retryAfter: '7', body: { code: 'DEPENDENCY_UNAVAILABLE' } })
      })
    }
  }
}

/** Proves that what a package throws is not hidden: it is a 500. */
export async function refute (t: Test, trials: Record<string, Trial>): Promise<void> {
  for (const [title, trial] of Object.entries(trials)) {
    await t.test(`a 500: ${title}`, async t => {
      const { status, thrown } = await answerTo(t, trial)
      t.equal(status, 500, String(thrown))
      t.type(thrown, Error)
    })
  }
}

async function answerTo (t: Test, trial: Trial) {
  let thrown: unknown
  const app = Fastify()
  await app.register(ptStatus, { retryAfter: 7 })
  app.get('/', async () => {
    try {
      await trial()
    } catch (error) {
      thrown = error
      throw error
    }
  })
  t.teardown(async () => await app.close())
  const response = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }))
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.text(), thrown }
}

/** An error, those in its list, its causes and what a driver adapter of Prisma has told. */
function * errorsIn (error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return
  yield error
  for (const inner of (error as AggregateError).errors ?? []) yield * errorsIn(inner)
  yield * errorsIn(error.cause)
  yield * errorsIn((error as { meta?: { driverAdapterError?: unknown } }).meta?.driverAdapterError)
}
