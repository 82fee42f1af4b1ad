import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import t from 'tap'

const root = new URL('../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

t.test('the quick start compiles, runs and answers as README says', async t => {
  const source = /```ts\n([^]+?)```/.exec(readme)?.[1]
  const folder = new URL('dist/readme/', root)
  mkdirSync(folder, { recursive: true })
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(new URL('quick-start.ts', folder), source!)
  writeFileSync(new URL('tsconfig.json', folder), JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { noEmit: false, outDir: 'out', rootDir: '.' }, files: ['quick-start.ts'], include: [] }))
  const { status, stdout } = spawnSync(process.execPath, ['../../node_modules/typescript/bin/tsc'], { cwd: folder, encoding: 'utf8' })
  t.equal(status, 0, stdout)

  const server = spawn(process.execPath, ['out/quick-start.js'], { cwd: folder, env: { ...process.env, PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => server.kill())
  const [origin, token] = await Promise.race([
    createInterface(server.stdout)[Symbol.asyncIterator]().next().then(({ value }) => (value as string).split(' ') as [string, string]),
    new Promise<never>((resolve, reject) => { server.on('exit', code => { reject(new Error(`The quick start ended with ${code}`)) }) })
  ])

  const request = async (method: string, path: string, body?: unknown, headers: Record<string, string> = { authorization: `Bearer ${token}` }) => fetch(new URL(path, origin), {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) })
  })
  const created = await request('POST', '/organizations', { name: 'Example' })
  t.equal(created.status, 201)
  const location = created.headers.get('location')!
  t.equal((await request('GET', location, undefined, {})).status, 200)
  t.equal((await request('DELETE', location)).status, 204)
  t.equal((await request('DELETE', location)).status, 404)
  t.equal((await request('POST', '/organizations', { name: 'Example' }, {})).status, 401)
  const refused = await request('POST', '/organizations', {})
  t.equal(refused.status, 400)
  t.same(await refused.json(), JSON.parse(/```json\n([^]+?)```/.exec(readme)![1]!.replace('req-1', 'req-6')))
})

t.test('the package can be imported and required, and both are the same plugin', async t => {
  const script = `
    const { default: plugin, notFound, StatusError } = require('fastify-pt-status')
    import('fastify-pt-status').then(module => {
      if (module.default !== plugin || !(notFound() instanceof StatusError)) throw new Error('not the same')
      const app = require('fastify')()
      return app.register(require('fastify-pt-status')).ready().then(() => console.log(app.ptStatus.contract().length))
    })`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.equal(stdout, '0\n')
  t.equal(stderr, '', 'without a warning')
})

t.test('bearer() can be imported and required, and is the same', async t => {
  const script = "const { bearer } = require('fastify-pt-status/bearer'); import('fastify-pt-status/bearer').then(module => console.log(module.bearer === bearer))"
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.equal(stdout, 'true\n')
  t.equal(stderr, '', 'without a warning')
})

t.test('only bearer() needs jose', async t => {
  const hook = 'export const resolve = async (name, context, next) => { if (name === "jose") throw new Error("not installed"); return next(name, context) }'
  const script = `
    require('node:module').register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(hook))})
    import('fastify-pt-status')
      .then(module => { console.log(typeof module.default) })
      .then(() => import('fastify-pt-status/bearer'))
      .catch(({ message }) => { console.log(message) })`
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' })
  t.equal(stdout, 'function\nnot installed\n', stderr)
})
