import type { PtStatusOptions } from 'fastify-pt-status'
import { contenders, direct, errors, plugin } from '../contenders.ts'
import type { Contestant, Goal } from '../compare.ts'

export const question = 'What do a 401 and a 403 cost?'

const scopes = ['things:read']

/** Refused by the plugin, in its onRequest hook. */
const guarded = (authenticate: NonNullable<PtStatusOptions['authenticate']>): Contestant['app'] => async options => {
  const app = await plugin({ authenticate })(options)
  app.get('/', { config: { access: { scopes } } }, async () => ({}))
  return app
}

const answers = [
  { status: 401, limit: direct(401, 'Unauthorized', 'Valid credentials are required.', { 'www-authenticate': 'Bearer' }), own: guarded(() => undefined) },
  {
    status: 403,
    limit: direct(403, 'Forbidden', 'The credentials lack a scope that this needs.', { 'www-authenticate': 'Bearer error="insufficient_scope", scope="things:read"' }),
    own: guarded(() => ({ subject: 'a' }))
  }
] as const

export const contestants: Record<string, Contestant> = {}
export const goals: Goal[] = []
for (const { status, limit, own } of answers) {
  contestants[`${status}, direct`] = { app: limit, status }
  for (const [name, errorOf] of Object.entries(errors)) {
    contestants[`${status}, ${name}`] = {
      status,
      app: async options => {
        const app = await contenders[name as keyof typeof contenders](options)
        app.get('/', { onRequest: (request, reply, done) => { done(errorOf(app, status, 'No, not that way.')) } }, async () => ({}))
        return app
      }
    }
  }
  const of = `${status}, fastify-pt-status`
  contestants[of] = { app: own, status }
  goals.push({ of, beside: `${status}, direct`, atMost: 1.25 }, { of, beside: `${status}, Fastify by hand`, atMost: 0.55 })
}
