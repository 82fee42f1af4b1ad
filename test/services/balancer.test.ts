import t from 'tap'
import { seeded } from '../../examples/organizations/seed.ts'
import { answers, countOf, draft, startExample } from './example.ts'
import { startNginx } from './nginx.ts'
import { freePort, needs, temporaryFolder } from './program.ts'

t.test('a tag from one of two instances behind a balancer holds at the other', needs('nginx'), async t => {
  const variables = { DATABASE_FILE: `${await temporaryFolder(t)}/organizations.db` }
  const instances = [
    { name: 'a', port: await freePort(), origin: await startExample(t, variables) },
    { name: 'b', port: await freePort(), origin: await startExample(t, variables) }
  ]
  const port = await freePort()
  // Each instance has made tokens of its own: its gateway brings the one that it knows
  await startNginx(t, port, `
    ${instances.map(({ name, port, origin }) => `
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://${new URL(origin.url).host};
        proxy_set_header Authorization "Bearer ${origin.tokens.admin}";
        add_header X-Instance ${name} always;
      }
    }`).join('')}
    upstream instances { ${instances.map(({ port }) => `server 127.0.0.1:${port};`).join(' ')} }
    server {
      listen 127.0.0.1:${port};
      location / { proxy_pass http://instances; }
    }`)

  const send = async (path: string, headers: Record<string, string> = {}, init: { method?: string, body?: string } = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/v1/organizations${path}`, { headers, ...init })
    const text = await response.text()
    return {
      instance: response.headers.get('x-instance'),
      status: response.status,
      etag: response.headers.get('etag') ?? '',
      code: text === '' ? undefined : JSON.parse(text).code
    }
  }

  const paths = { 'kept with the row': `/${seeded.plain}`, 'made of the content': '?page=1&pageSize=3' }
  for (const [title, path] of Object.entries(paths)) {
    await t.test(`a tag that is ${title}`, async t => {
      const first = await send(path)
      const second = await send(path)
      t.match([first, second], [{ instance: 'a', status: 200, etag: /^"/ }, { instance: 'b', status: 200, etag: first.etag }])
      t.match(await send(path, { 'if-none-match': second.etag }), { instance: 'a', status: 304, etag: first.etag })
      t.match(await send(path, { 'if-none-match': first.etag }), { instance: 'b', status: 304, etag: first.etag })
    })
  }

  await t.test('a write at one makes the tag stale at the other', async t => {
    const path = paths['kept with the row']
    const write = async () => await send(path, { 'if-match': '"1"', 'content-type': 'application/json' }, { method: 'PUT', body: JSON.stringify(draft) })
    t.match(await write(), { instance: 'a', status: 200 })
    t.match(await write(), { instance: 'b', status: 400, code: 'PRECONDITION_FAILED' })
    t.match(await send(path, { 'if-none-match': '"1"' }), { instance: 'a', status: 200, etag: '"2"' })
    t.match(await send(path, { 'if-none-match': '"2"' }), { instance: 'b', status: 304, etag: '"2"' })
  })

  for (const { name, origin } of instances) {
    const answered = await Promise.all(Object.values(paths).map(async path => await answers(origin, 'GET', path)))
    t.comment(`instance ${name}: ${countOf(answered.flat())}`)
  }
})
