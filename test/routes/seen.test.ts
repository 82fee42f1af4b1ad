import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import { isSeen } from '../../lib/routes/seen.ts'
import ptStatus from '../../lib/index.ts'

const report = (app: FastifyInstance, path: string) => app.get(path, async request => ({ isSeen: isSeen(request) }))

async function reported (app: FastifyInstance, url: string): Promise<boolean> {
  const { isSeen } = (await app.inject(url)).json()
  return isSeen
}

t.test('where the plugin loads first, all routes of scopes from then on are seen', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  report(app, '/root')
  await app.register(async scope => {
    report(scope, '/scope')
    await scope.register(async inner => { report(inner, '/inner') })
  })
  for (const url of ['/root', '/scope', '/inner']) t.ok(await reported(app, url), url)
})

t.test('routes from before the plugin, and of scopes from before it, are not', async t => {
  for (const path of ['/before', undefined]) {
    const app = Fastify()
    let early!: FastifyInstance
    await app.register(async scope => { early = scope })
    if (path !== undefined) report(app, path)
    await app.register(ptStatus)
    report(app, '/after')
    report(early, '/early')
    if (path !== undefined) t.notOk(await reported(app, path), path)
    t.ok(await reported(app, '/after'))
    t.notOk(await reported(app, '/early'))
  }
})

t.test('what the plugin of an outer scope has seen, that of the scope itself has not', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  await app.register(async scope => {
    report(scope, '/before')
    let early!: FastifyInstance
    await scope.register(async inner => { early = inner })
    await scope.register(ptStatus)
    report(scope, '/after')
    report(early, '/early')
    await scope.register(async inner => { report(inner, '/inner') })
  })
  t.notOk(await reported(app, '/before'))
  t.notOk(await reported(app, '/early'))
  t.ok(await reported(app, '/after'))
  t.ok(await reported(app, '/inner'))
})
