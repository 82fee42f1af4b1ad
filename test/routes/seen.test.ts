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

t.test('where it sees all routes, what is configured for one stays what it is', async t => {
  const config = { mine: 'a' }
  const app = Fastify()
  await app.register(ptStatus)
  app.addHook('onRoute', route => { t.equal(route.config, config) })
  app.get('/', { config }, async request => {
    t.strictSame(Reflect.ownKeys(request.routeOptions.config).sort(), ['method', 'mine', 'url'])
    return {}
  })
  t.equal((await app.inject('/')).statusCode, 200)
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

t.test("a route to which the config of a seen one was copied is not, on an instance that the scope doesn't see", async t => {
  const app = Fastify()
  let early!: FastifyInstance
  await app.register(async scope => { early = scope })
  app.get('/before', async () => ({}))
  await app.register(ptStatus)
  app.addHook('onRoute', ({ url, config = {} }) => { if (url === '/seen') early.get('/copied', { config, exposeHeadRoute: false }, async request => ({ isSeen: isSeen(request) })) })
  app.get('/seen', { exposeHeadRoute: false }, async request => ({ isSeen: isSeen(request) }))
  t.ok(await reported(app, '/seen'))
  t.notOk(await reported(app, '/copied'))
})

const warned = 'the routes were declared before fastify-pt-status had loaded; await its registration first'
const get = (app: FastifyInstance, path: string) => app.get(path, { exposeHeadRoute: false }, async () => 'a')

const tooEarly: Readonly<Record<string, { register: (app: FastifyInstance) => void, named: string | undefined }>> = {
  'a registration that is awaited': {
    async register (app) { await app.register(ptStatus); get(app, '/a') },
    named: undefined
  },
  'a registration without await': { register (app) { app.register(ptStatus); get(app, '/a') }, named: 'GET /a' },
  'routes of an instance from before': {
    register (app) { app.register(async child => { get(child, '/a') }); app.register(ptStatus); app.register(async child => { get(child, '/b') }) },
    named: 'GET /a'
  },
  'a registration in a child without await': {
    register (app) { get(app, '/other'); app.register(async child => { child.register(ptStatus); get(child, '/'); get(child, '/a') }, { prefix: '/p' }) },
    named: 'GET /p, GET /p/, GET /p/a'
  },
  'a registration in a child that is awaited': {
    register (app) { get(app, '/other'); app.register(async child => { await child.register(ptStatus); get(child, '/'); get(child, '/a') }, { prefix: '/p' }) },
    named: undefined
  },
  'a nested registration without await': {
    register (app) { app.register(ptStatus); app.register(async child => { child.register(ptStatus); get(child, '/a') }) },
    named: 'GET /a'
  },
  'more than ten routes': {
    register (app) { app.register(ptStatus); for (let n = 0; n < 12; n++) get(app, `/${String.fromCharCode(97 + n)}`) },
    named: 'GET /a, GET /b, GET /c, GET /d, GET /e, GET /f, GET /g, GET /h, GET /i, GET /j and 2 more'
  }
}

for (const [name, { register, named }] of Object.entries(tooEarly)) {
  t.test(`the log names at the start what was declared too early: ${name}`, async t => {
    const warnings: string[] = []
    const app = Fastify({ logger: { level: 'warn', stream: { write: line => { warnings.push(JSON.parse(line).msg) } } } })
    await register(app)
    await app.ready()
    t.same(warnings, named === undefined ? [] : [`Cannot check the successes of ${named}: ${warned}`])
  })
}
