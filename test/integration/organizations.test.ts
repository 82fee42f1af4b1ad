import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { bearer } from 'fastify-pt-status/bearer'
import pg from 'pg'
import t, { type Test } from 'tap'
import { buildApp } from '../../examples/organizations/app.ts'
import { companyRegistry } from '../../examples/organizations/company-registry.ts'
import { openDatabase } from '../../examples/organizations/database.ts'
import { audience, startIssuer } from '../../examples/organizations/issuer.ts'
import { seed, seeded } from '../../examples/organizations/seed.ts'
import { createTables } from '../../examples/organizations/tables.ts'
import { patience } from '../patience.ts'
import { unhurried } from '../services/example.ts'

const { DATABASE_URL } = process.env

/** A database of the test's own, on the PostgreSQL of `DATABASE_URL` or else embedded, and the variable that names it. */
async function databaseFor (t: Test): Promise<{ location: string, variables: Record<string, string> }> {
  if (DATABASE_URL === undefined) {
    const location = `${t.testdir({})}/organizations.db`
    return { location, variables: { DATABASE_FILE: location } }
  }
  const name = `organizations_${randomUUID().replaceAll('-', '')}`
  const location = new URL(DATABASE_URL)
  location.pathname = name
  const execute = async (statement: string) => {
    const client = new pg.Client(DATABASE_URL)
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await execute(`create database ${name}`)
  t.teardown(async () => await execute(`drop database ${name} with (force)`))
  return { location: location.href, variables: { DATABASE_URL: location.href } }
}

const unknown = '00000000-0000-4000-8000-000000000000'
const draft = {
  name: 'Koe Vesi Oy',
  businessId: '6789012-6',
  address: { street: 'Rantatie 7', postalCode: '70100', city: 'Kuopio', country: 'FI' }
}

/** The example as `npm start` runs it. `env -i` keeps tap's instruments out of it, and is replaced by it: its pid is its own. */
async function start (t: Test, environment: Record<string, string>) {
  const variables = Object.entries({ PORT: '0', ...unhurried, ...environment }).map(([name, value]) => `${name}=${value}`)
  const child = spawn('env', ['-i', ...variables, process.execPath, 'dist/examples/organizations/server.js'],
    { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  const output = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', text => { output.out += text })
  child.stderr.setEncoding('utf8').on('data', text => { output.err += text })
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  const printed = new Promise<void>(resolve => child.stdout.on('data', () => {
    if (output.out.includes('Ctrl-C')) resolve()
  }))
  await Promise.race([printed, ended])
  return { child, ended, output }
}

/** Runs a line in a shell, as a user would, and takes curl's `-i` output apart. */
async function run (line: string, variables: Record<string, string> = {}) {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', line], { env: { PATH: process.env.PATH, ...variables } })
  const end = stdout.indexOf('\r\n\r\n')
  const [statusLine = '', ...fields] = stdout.slice(0, end).split('\r\n')
  const headers = new Headers(fields.map(field => field.split(/: ?(.*)/, 2) as [string, string]))
  return { status: Number(statusLine.split(' ')[1]), headers, text: stdout.slice(end + 4) }
}

type Answer = Awaited<ReturnType<typeof run>>

/** Why each code is the right one. */
const reasons: Record<number, (t: Test, answer: Answer, body: Record<string, any>) => unknown> = {
  200: (t, _answer, body) => {
    t.match(body, { page: 1, pageSize: 3, total: 4 })
    t.equal(body.items.length, 3)
  },
  201: (t, { headers }, body) => {
    t.equal(headers.get('location'), `/v1/organizations/${body.id}`)
    t.match(body, { name: 'Uusi Hissi Oy', version: 1 })
  },
  204: (t, { headers, text }) => {
    t.equal(text, '')
    t.notOk(headers.has('content-type'))
    t.notOk(headers.has('content-length'))
  },
  304: (t, { headers, text }) => {
    t.equal(text, '')
    t.equal(headers.get('etag'), '"1"')
    t.notOk(headers.has('content-type'))
  },
  400: (t, _answer, body) => {
    t.match(body, { code: 'VALIDATION_FAILED', errors: [{ in: 'query', pointer: '/pageSize', code: 'required' }] })
    t.equal(body.errors.length, 1)
  },
  401: (t, { headers }) => t.match(headers.get('www-authenticate'), /^Bearer/),
  403: (t, { headers }) => t.match(headers.get('www-authenticate'), /error="insufficient_scope".*scope="organizations:write"/),
  404: (t, _answer, body) => t.match(body, { code: 'ORGANIZATION_NOT_FOUND', detail: 'No organization has this id.' }),
  500: (t, { text }) => t.notMatch(text, /JSON|SyntaxError|Linnankatu|address/),
  503: (t, { headers, text }, body) => {
    t.equal(headers.get('retry-after'), '30')
    t.match(body, { code: 'REGISTRY_UNAVAILABLE', detail: 'The company registry does not answer.' })
    t.notMatch(text, /ECONNREFUSED|fetch|127\.0\.0\.1/)
  }
}

t.test('the real process answers each printed line with its code, for the right reason', async t => {
  const folders = t.testdir({ first: {}, second: {} })
  // Without a database of its own it makes one
  const variables = DATABASE_URL === undefined ? {} : (await databaseFor(t)).variables
  const { child, ended, output } = await start(t, { ...variables, TMPDIR: `${folders}/first` })
  if (DATABASE_URL === undefined) t.equal((await readdir(`${folders}/first`)).length, 1, 'its database is in a folder of its own')

  const lines = [...output.out.matchAll(/^# (\d{3} .+)\n(curl -i -s .+)$/gm)]
    .map(([, reason, line]) => ({ status: Number.parseInt(reason!), reason: reason!, line: line! }))
  t.same(lines.map(({ status }) => status), [200, 201, 204, 304, 400, 401, 403, 404, 500, 503])

  for (const { status, reason, line } of lines) {
    await t.test(reason, async t => {
      const answer = await run(line)
      const body = answer.text === '' ? {} : JSON.parse(answer.text)
      t.equal(answer.status, status)
      if (status >= 400) {
        t.match(answer.headers.get('content-type'), /^application\/problem\+json/)
        t.equal(answer.headers.get('cache-control'), 'no-store')
        t.match(body, { status, title: String, code: String, requestId: String })
      }
      reasons[status]!(t, answer, body)
    })
  }

  t.match(output.err, /JSON/, 'the log on stderr knows what the 500 does not say')
  t.match(output.err, /ECONNREFUSED/, 'and why the registry does not answer')
  t.notMatch(output.out, /"level":/, 'no log among the lines')
  t.equal((await run(lines[0]!.line)).status, 200, 'it goes on answering')
  t.equal((await run(lines[2]!.line)).status, 404, 'what was deleted is gone')

  const port = new URL(/http:\S+/.exec(output.out)![0]).port
  const second = await start(t, { ...variables, TMPDIR: `${folders}/second`, PORT: port })
  t.same(await second.ended, [1, null], 'a second one on the same port does not start')
  t.match(second.output.err, /EADDRINUSE/)
  t.same(await readdir(`${folders}/second`), [], 'and leaves nothing behind')

  child.kill('SIGINT')
  child.kill('SIGINT')
  t.same(await ended, [0, null], 'Ctrl-C, also twice, ends it cleanly')
  t.same(await readdir(`${folders}/first`), [], 'its temporary folder is gone')
})

t.test('the process keeps a database that it was given', async t => {
  const { variables } = await databaseFor(t)
  const first = await start(t, variables)
  const deletion = /^curl .*-X DELETE .*$/m
  t.equal((await run(deletion.exec(first.output.out)![0])).status, 204)
  first.child.kill('SIGTERM')
  t.same(await first.ended, [0, null])

  const second = await start(t, variables)
  t.equal((await run(deletion.exec(second.output.out)![0])).status, 404, 'still deleted, with new tokens')
  second.child.kill('SIGTERM')
  t.same(await second.ended, [0, null])
})

t.test('the process accepts the tokens of an issuer that it was given', async t => {
  const issuer = await startIssuer()
  t.teardown(issuer.close)
  const { output, child, ended } = await start(t, { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: audience })
  const line = /^curl .*pageSize=3'$/m.exec(output.out)![0]
  t.equal((await run(line, { READER: issuer.tokens.reader })).status, 200)
  t.equal((await run(line, { READER: 'else' })).status, 401)
  child.kill('SIGTERM')
  t.same(await ended, [0, null])
})

t.test('the process refuses what is too much for it, stays alive, and recovers by itself', async t => {
  const { output, child } = await start(t, { MAX_EVENT_LOOP_UTILIZATION: '0.2' })
  const printed = (pattern: RegExp) => pattern.exec(output.out)![1]!
  const list = `${printed(/^Organizations: (\S+)$/m)}?page=1&pageSize=3`
  const ask = async (path: string, token = printed(/^ +reader +(\S+)/m)) => {
    const response = await fetch(new URL(path, list), { headers: { authorization: `Bearer ${token}` } })
    const { code } = await response.json() as { code?: string }
    return { status: response.status, code, retryAfter: response.headers.get('retry-after') }
  }
  const refused = { status: 503, code: 'UNDER_PRESSURE', retryAfter: '10' }
  const flood = async () => await Promise.all(Array.from({ length: 20 }, async () => await ask(list)))
  let answers: Array<Awaited<ReturnType<typeof ask>>>
  // The pressure is measured each second: it has to outlast the questions
  do {
    while ((await flood()).every(({ status }) => status !== 503)) continue
    answers = await Promise.all([ask('/health/live'), ask('/health/ready'), ask(list), ask(list, 'unknown')])
  } while ((await ask(list)).status !== 503)
  const [live, ...others] = answers
  t.equal(live?.status, 200)
  t.same(others, [refused, refused, refused], 'before the token is verified')
  // Ever more rarely: on a busy machine few requests are much
  for (const path of [list, '/health/ready']) {
    for (let pause = 200; (await ask(path)).status !== 200; pause *= 2) await sleep(pause)
  }
  child.kill('SIGTERM')
})

t.test('told to end, the process says that it is not ready, and answers as always until its drain delay is over', async t => {
  const originOf = ({ output }: Awaited<ReturnType<typeof start>>) => new URL(/^Organizations: (\S+)$/m.exec(output.out)![1]!).origin
  const paths = ['/health/ready', '/health/live', '/v1/organizations?page=1&pageSize=1']
  const another = originOf(await start(t, {}))
  const drainDelay = await patience(1000, async () => { for (const path of paths) await fetch(another + path) })

  const instance = await start(t, { DRAIN_DELAY: String(drainDelay) })
  const { child, ended } = instance
  const origin = originOf(instance)
  t.equal((await fetch(`${origin}/health/ready`)).status, 200)
  child.kill('SIGTERM')
  let ready: Response
  do ready = await fetch(`${origin}/health/ready`)
  while (ready.status === 200)
  t.match([ready.status, ready.headers.get('retry-after'), (await ready.json() as { code: string }).code], [503, '30', 'CLOSING'])
  t.equal((await fetch(`${origin}/health/live`)).status, 200)
  t.equal((await fetch(`${origin}/v1/organizations?page=1&pageSize=1`)).status, 401)
  t.same(await ended, [0, null])
})

/** The app on a seeded database of the test's own, and a way to ask it as one of the users. */
async function api (t: Test, registryUrl = 'http://127.0.0.1:4/') {
  const { location } = await databaseFor(t)
  const database = openDatabase(location)
  await createTables(database)
  await seed(database)
  const issuer = await startIssuer()
  const { tokens } = issuer
  const app = await buildApp({ authenticate: bearer({ issuer: issuer.url, audience }), database, registry: companyRegistry(registryUrl) })
  t.teardown(async () => {
    await app.close()
    await issuer.close()
    await database.destroy()
  })
  const ask = async (user: keyof typeof tokens, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object, headers?: object) => {
    const response = await app.inject({
      method,
      url: `/v1/organizations${path}`,
      headers: { authorization: `Bearer ${tokens[user]}`, ...headers },
      ...payload && { payload }
    })
    const body = response.body === '' ? undefined : response.json()
    return { status: response.statusCode, headers: response.headers, code: body?.code, body }
  }
  return { app, ask }
}

t.test('paging is required and bounded, and every finding is told', async t => {
  const { ask } = await api(t)
  const findings = async (path: string) => (await ask('reader', 'GET', path)).body.errors
    ?.map((error: { pointer: string, code: string }) => `${error.pointer} ${error.code}`).sort()

  t.same(await findings(''), ['/page required', '/pageSize required'])
  t.same(await findings('?page=0&pageSize=101'), ['/page minimum', '/pageSize maximum'])
  t.same(await findings('?page=1.5&pageSize=ten'), ['/page type', '/pageSize type'])
  t.equal((await ask('reader', 'GET', '?page=1&pageSize=100')).body.items.length, 4)
  t.same((await ask('reader', 'GET', '?page=2&pageSize=100')).body, { page: 2, pageSize: 100, total: 4, items: [] })

  const first = (await ask('reader', 'GET', '?page=1&pageSize=2')).body.items
  const second = (await ask('reader', 'GET', '?page=2&pageSize=2')).body.items
  t.equal(new Set([...first, ...second].map(({ id }) => id)).size, 4, 'pages neither repeat nor skip')
})

t.test('an organization is created, read, replaced as a whole, and deleted once', async t => {
  const { ask } = await api(t)
  const created = await ask('admin', 'POST', '', draft)
  t.equal(created.status, 201)
  t.match(created.body, { ...draft, version: 1 })
  t.match(created.body.updatedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const path = `/${created.body.id}`
  t.equal(created.headers.location, `/v1/organizations${path}`)

  const read = await ask('reader', 'GET', path)
  t.same(read.body, created.body)
  const condition = { 'if-none-match': read.headers.etag }
  t.match(await ask('reader', 'GET', path, undefined, condition), { status: 304, headers: { etag: '"1"' }, body: undefined })

  const partial = await ask('admin', 'PUT', path, { name: 'Half Oy' })
  t.equal(partial.status, 400)
  t.same((await ask('reader', 'GET', path)).body, created.body, 'all or nothing')

  const replaced = await ask('admin', 'PUT', path, { ...draft, name: 'Koe Maa Oy' })
  t.equal(replaced.status, 200)
  t.match(replaced.body, { name: 'Koe Maa Oy', version: 2, createdAt: created.body.createdAt })
  t.match(await ask('reader', 'GET', path, undefined, condition), { status: 200, headers: { etag: '"2"' }, body: replaced.body }, 'the copy is stale')

  t.equal((await ask('admin', 'DELETE', path)).status, 204)
  t.match(await ask('admin', 'DELETE', path), { status: 404, code: 'ORGANIZATION_NOT_FOUND' })
  t.match(await ask('reader', 'GET', path), { status: 404, code: 'ORGANIZATION_NOT_FOUND' })
})

t.test('a bad draft is refused with every finding, and nothing of it is kept or echoed', async t => {
  const { ask } = await api(t)
  const { status, body } = await ask('admin', 'POST', '', {
    name: 7, businessId: 'secret-word', address: { ...draft.address, country: 'Finland' }, owner: 'x'
  })
  t.equal(status, 400)
  t.same(body.errors.map((error: { in: string, pointer: string }) => `${error.in} ${error.pointer}`).sort(),
    ['body /address/country', 'body /businessId', 'body /name', 'body /owner'])
  t.notMatch(JSON.stringify(body), /secret-word|Finland/)
  t.equal((await ask('reader', 'GET', '?page=1&pageSize=1')).body.total, 4)
})

t.test('a character that no database keeps is refused before it gets there', async t => {
  const { ask } = await api(t)
  const { status, body } = await ask('admin', 'POST', '', { ...draft, name: 'Koe\u0000' })
  t.match({ status, errors: body.errors }, { status: 400, errors: [{ pointer: '/name', code: 'pattern' }] })
})

t.test('a path that names no organization is a 404 before a database that keeps no such text is asked', async t => {
  const { ask } = await api(t)
  for (const user of ['admin', 'manager', 'reader'] as const) {
    for (const id of ['%00', `${seeded.managed}%00`, '%EF%BF%BF', "'", 'a'.repeat(100), ' ']) {
      t.match(await ask(user, 'PUT', `/${encodeURI(decodeURI(id))}`, draft), { status: 404, code: 'ORGANIZATION_NOT_FOUND' }, `${user}, ${id}`)
    }
  }
  for (const method of ['GET', 'DELETE'] as const) t.match(await ask('admin', method, '/%00'), { status: 400, code: 'VALIDATION_FAILED' }, method)
})

t.test('everybody may ask whether it lives and is ready, and no cache answers', async t => {
  const { app } = await api(t)
  for (const status of ['live', 'ready']) {
    const response = await app.inject(`/health/${status}`)
    t.same([response.statusCode, response.json(), response.headers['cache-control']], [200, { status }, 'no-store'])
  }
})

t.test('suspended, it lives, but is not ready', async t => {
  const { app } = await api(t)
  app.ptStatus.suspend()
  t.equal((await app.inject('/health/live')).statusCode, 200)
  t.match((await app.inject('/health/ready')).json(), { status: 503, code: 'SUSPENDED' })
  app.ptStatus.resume()
  t.equal((await app.inject('/health/ready')).statusCode, 200)
})

t.test('replacing asks first whether the organization exists, then who asks, then what is asked', async t => {
  const { ask } = await api(t)
  for (const user of ['admin', 'manager', 'reader'] as const) {
    t.match(await ask(user, 'PUT', `/${unknown}`, {}), { status: 404, code: 'ORGANIZATION_NOT_FOUND' }, `${user}, unknown`)
  }
  t.equal((await ask('reader', 'PUT', `/${seeded.managed}`, {})).status, 403)
  t.equal((await ask('manager', 'PUT', `/${seeded.plain}`, {})).status, 403)
  t.equal((await ask('manager', 'PUT', `/${seeded.managed}`, {})).status, 400)
  t.match(await ask('manager', 'PUT', `/${seeded.managed}`, draft), { status: 200, body: { version: 2 } })
})

t.test('a damaged organization is a 500 until it is replaced', async t => {
  const { ask } = await api(t)
  t.equal((await ask('reader', 'GET', `/${seeded.damaged}`)).status, 500)
  t.equal((await ask('admin', 'PUT', `/${seeded.damaged}`, draft)).status, 200)
  t.equal((await ask('reader', 'GET', `/${seeded.damaged}`)).status, 200)
})

t.test('credentials that nobody was given are a 401, malformed ones a 400, whatever the route', async t => {
  const { ask } = await api(t)
  for (const authorization of ['Bearer x', 'Basic YTpi', 'x']) {
    const answer = await ask('admin', 'PUT', `/${unknown}`, {}, { authorization })
    t.match(answer, { status: 401, headers: { 'www-authenticate': /^Bearer realm=/ } }, authorization)
  }
  for (const authorization of ['Bearer', 'Bearer x y']) {
    const answer = await ask('admin', 'PUT', `/${unknown}`, {}, { authorization })
    t.match(answer, { status: 400, code: 'INVALID_REQUEST', headers: { 'www-authenticate': /error="invalid_request"/ } }, authorization)
  }
})

t.test('a reader reads and writes nothing', async t => {
  const { ask } = await api(t)
  t.equal((await ask('reader', 'GET', `/${seeded.managed}`)).status, 200)
  t.equal((await ask('reader', 'GET', `/${seeded.managed}/managers`)).status, 200)
  t.equal((await ask('reader', 'POST', '', draft)).status, 403)
  t.equal((await ask('reader', 'DELETE', `/${seeded.managed}`)).status, 403)
  t.equal((await ask('reader', 'POST', `/${seeded.managed}/managers`, {})).status, 403)
  t.equal((await ask('manager', 'DELETE', `/${seeded.managed}/managers/${unknown}`)).status, 403)
})

t.test('managers are added and removed, and a 404 says which of the two is missing', async t => {
  const { ask } = await api(t)
  const path = `/${seeded.plain}/managers`
  const added = await ask('admin', 'POST', path, { name: 'Mikko Malli', email: 'mikko@managers.example' })
  t.equal(added.status, 201)
  t.equal(added.headers.location, `/v1/organizations${path}/${added.body.id}`)
  t.same((await ask('reader', 'GET', path)).body, { items: [added.body] })

  t.equal((await ask('admin', 'DELETE', `/${seeded.managed}/managers/${added.body.id}`)).code, 'MANAGER_NOT_FOUND', "another organization's")
  t.equal((await ask('admin', 'DELETE', `${path}/${added.body.id}`)).status, 204)
  t.match(await ask('admin', 'DELETE', `${path}/${added.body.id}`),
    { status: 404, body: { detail: 'No manager of this organization has this id.' } })
  t.same((await ask('reader', 'GET', path)).body, { items: [] })

  t.match(await ask('admin', 'DELETE', `/${unknown}/managers/${unknown}`),
    { status: 404, body: { detail: 'No organization has this id.' } })
  t.equal((await ask('admin', 'GET', `/${unknown}/managers`)).code, 'ORGANIZATION_NOT_FOUND')
  t.equal((await ask('admin', 'POST', `/${unknown}/managers`, { name: 'x', email: 'x@y.example' })).code, 'ORGANIZATION_NOT_FOUND')
  t.match(await ask('admin', 'POST', path, { name: 'x', email: 'nobody' }), { status: 400, body: { errors: [{ pointer: '/email' }] } })

  t.equal((await ask('admin', 'DELETE', `/${seeded.managed}`)).status, 204, 'an organization goes with its managers')
})

t.test('the company registry has an entry, has none, fails, or talks nonsense', async t => {
  const registry = createServer(({ url }, response) => {
    if (url === '/companies/2345678-2') {
      response.end(JSON.stringify({ businessId: '2345678-2', name: 'MALLI RAKENNUS OY', registeredOn: '2009-05-04', secret: 1 }))
    } else if (url === '/companies/1234567-1') {
      response.writeHead(404).end()
    } else if (url === '/companies/3456789-3') {
      response.writeHead(500).end()
    } else {
      response.end('<html>')
    }
  }).listen(0, '127.0.0.1')
  await once(registry, 'listening')
  t.teardown(() => registry.close())

  const { ask } = await api(t, `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`)
  const created = await ask('admin', 'POST', '', draft)
  const entry = (id: string) => ask('reader', 'GET', `/${id}/registry-entry`)
  t.match(await entry(seeded.plain), { status: 200, body: { name: 'MALLI RAKENNUS OY', secret: undefined } })
  t.match(await entry(seeded.managed), { status: 404, code: 'REGISTRY_ENTRY_NOT_FOUND' })
  t.match(await entry(seeded.doomed), { status: 503, code: 'REGISTRY_UNAVAILABLE' })
  t.match(await entry(created.body.id), { status: 503, code: 'REGISTRY_UNAVAILABLE' })
  t.match(await entry(unknown), { status: 404, code: 'ORGANIZATION_NOT_FOUND' })
})

t.test('the OpenAPI document lists for each route the codes of the contract', async t => {
  const { app } = await api(t)
  await app.ready()
  const { paths, components } = app.swagger() as Record<string, any>
  t.match(components.securitySchemes.bearer, { type: 'http', scheme: 'bearer' })

  const documented = Object.entries<Record<string, any>>(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { responses }]) =>
      `${method.toUpperCase()} ${path}: ${Object.keys(responses).sort()}`))
  const contract = app.ptStatus.contract().filter(({ method }) => method !== 'HEAD').map(({ method, url, codes }) =>
    `${method} ${url.replace(/:(\w+)/g, '{$1}')}: ${codes}`)
  t.same(documented.sort(), contract.sort())
  t.same(contract, [
    'DELETE /v1/organizations/{id}/managers/{managerId}: 204,400,401,403,404,500,503',
    'DELETE /v1/organizations/{id}: 204,400,401,403,404,500,503',
    'GET /health/live: 200,304,400,500,503',
    'GET /health/ready: 200,304,400,500,503',
    'GET /v1/organizations/{id}/managers: 200,304,400,401,403,404,500,503',
    'GET /v1/organizations/{id}/registry-entry: 200,304,400,401,403,404,500,503',
    'GET /v1/organizations/{id}: 200,304,400,401,403,404,500,503',
    'GET /v1/organizations: 200,304,400,401,403,500,503',
    'POST /v1/organizations/{id}/managers: 201,400,401,403,404,500,503',
    'POST /v1/organizations: 201,400,401,403,500,503',
    'PUT /v1/organizations/{id}: 200,400,401,403,404,500,503'
  ])
})
