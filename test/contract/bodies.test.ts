import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus, {
  badRequest, forbidden, internalServerError, notFound, serviceUnavailable, StatusError, unauthorized,
  type CustomFormat, type Finding, type Problem, type PtStatusOptions
} from '../../lib/index.ts'
import { refusals } from '../../lib/contract/status.ts'
import { listen, send, type Response } from '../wire.ts'

const findings: readonly Finding[] = [
  { in: 'path', pointer: '/id', code: 'format', detail: 'must match format "uuid"' },
  { in: 'body', pointer: '/address/street', code: 'required', detail: "must have required property 'street'" },
  { in: 'body', pointer: '/address/street', code: 'minLength', detail: 'must NOT have fewer than 1 characters' },
  { in: 'body', pointer: '', code: 'type', detail: 'must be object' },
  { in: 'query', pointer: '', code: 'minProperties', detail: 'must NOT have fewer than 1 properties' }
]

/** What a scope with these options answers to an error. */
async function answerTo (t: Parameters<typeof listen>[0], options: PtStatusOptions, make: () => unknown, path = '/things', target = path): Promise<Response> {
  const app = Fastify()
  await app.register(ptStatus, options)
  app.get(path, async () => { throw make() })
  return send(await listen(t, app), 'GET', target)
}

t.test('a problem has every member of RFC 9457 §3.1, and those of the contract', async t => {
  for (const { code: status, phrase, meaning } of refusals) {
    const { headers, body, ...answer } = await answerTo(t, {}, () => new StatusError(status))
    const { requestId, ...problem } = JSON.parse(body)
    t.equal(answer.status, status)
    t.equal(headers['content-type'], 'application/problem+json')
    t.strictSame(problem, {
      type: 'about:blank', // RFC 9457 §4.2.1: then "the title SHOULD be the same as the recommended HTTP status phrase"
      title: phrase,
      status, // RFC 9457 §3.1.2: "Generators MUST use the same status code in the actual HTTP response"
      code: phrase.toUpperCase().replaceAll(' ', '_'),
      detail: meaning,
      instance: '/things'
    })
    t.match(requestId, /^req-/)
  }
})

t.test('a problem tells detail, code and findings, at most twenty', async t => {
  const { body } = await answerTo(t, {}, () => badRequest('Two are wrong.', { code: 'TWO', errors: findings }))
  t.match(JSON.parse(body), { detail: 'Two are wrong.', code: 'TWO', errors: findings })
  const many = await answerTo(t, {}, () => badRequest('a', { errors: Array(1000).fill(findings[0]) }))
  t.equal(JSON.parse(many.body).errors.length, 20)
  t.strictSame(JSON.parse((await answerTo(t, {}, () => badRequest('a', { errors: [] }))).body).errors, [])
})

t.test('a finding tells its four members and no other', async t => {
  const { body } = await answerTo(t, {}, () => badRequest('a', { errors: [{ ...findings[0]!, params: { received: 'a secret' }, data: 'a secret' } as Finding] }))
  t.strictSame(JSON.parse(body).errors, [findings[0]])
})

t.test('only a 400 has findings', async t => {
  for (const format of ['problem', 'envelope'] as const) {
    const { body } = await answerTo(t, { format }, () => new StatusError(404, 'a', { errors: findings }))
    t.notMatch(body, 'must')
  }
})

t.test("the cause, the stack, the header fields and a subclass's own fields stay inside", async t => {
  class Own extends StatusError {
    secret = 'SECRET'
    toJSON (): string { return 'SECRET' }
  }
  for (const format of ['problem', 'envelope'] as const) {
    for (const status of [400, 500, 503] as const) {
      const { body } = await answerTo(t, { format }, () => new Own(status, 'a', { cause: new Error('SECRET'), headers: { 'x-a': 'SECRET' } }))
      t.notMatch(body, /SECRET|stack|cause|bodies\.test/)
      t.match(body, String(status))
    }
  }
})

t.test('instance is the path without the query, as a URI reference', async t => {
  const cases: Readonly<Record<string, string>> = {
    '/things?secret=a': '/things',
    '/things?': '/things',
    '/things?a?b': '/things',
    '/things/%C3%A5?a': '/things/%C3%A5',
    '/things/"<>^`{|}': '/things/%22%3C%3E%5E%60%7B%7C%7D'
  }
  for (const [target, instance] of Object.entries(cases)) {
    const { body } = await answerTo(t, {}, () => notFound(), '/*', target)
    t.equal(JSON.parse(body).instance, instance, target)
  }
})

t.test('nothing of a request but its path comes back', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.post('/things', { schema: { body: { type: 'object', properties: { a: { type: 'integer' } } }, querystring: { type: 'object', properties: { a: { type: 'integer' } } } } }, async () => 'a')
  const origin = await listen(t, app)
  for (const [path, body] of [['/things?a=SECRET', '{"a":"SECRET"}'], ['/things', '{SECRET'], ['/things', 'SECRET'], ['/unknown?SECRET', '{}']] as const) {
    const answer = await send(origin, 'POST', path, { 'content-type': 'application/json', 'x-a': 'SECRET', cookie: 'SECRET', authorization: 'SECRET' }, body)
    t.ok(answer.status >= 400, `${path} ${body}`)
    t.notMatch(JSON.stringify(answer), 'SECRET')
  }
  t.notMatch(JSON.stringify(await send(origin, 'POST', '/things', { 'content-type': 'SECRET/SECRET' }, 'SECRET')), 'SECRET')
})

t.test('texts are safe in JSON', async t => {
  const detail = '"\\\u0000\r\n\u2028</script>😀\uD800'
  for (const [format, read] of [['problem', (body: any) => body.detail], ['envelope', (body: any) => body.error.message]] as const) {
    const { body } = await answerTo(t, { format }, () => notFound(detail))
    t.equal(read(JSON.parse(Buffer.from(body, 'latin1').toString())), detail)
  }
})

t.test("the envelope is Platform of Trust's own body", async t => {
  for (const { code: status, phrase, meaning } of refusals) {
    const { headers, body, ...answer } = await answerTo(t, { format: 'envelope' }, () => new StatusError(status))
    t.equal(answer.status, status)
    t.equal(headers['content-type'], 'application/json')
    t.strictSame(JSON.parse(body), { error: { status, error: phrase.toUpperCase().replaceAll(' ', '_'), message: meaning } })
  }
})

t.test('clients that know the example bodies of Platform of Trust still read the envelope', async t => {
  const examples: readonly [make: () => StatusError, example: { error: { status: number, message: string } }][] = [
    [() => unauthorized('Unauthorized'), { error: { status: 401, message: 'Unauthorized' } }],
    [() => forbidden('Permission denied.'), { error: { status: 403, message: 'Permission denied.' } }],
    [() => notFound('App not found.'), { error: { status: 404, message: 'App not found.' } }]
  ]
  for (const [make, example] of examples) {
    const { error } = JSON.parse((await answerTo(t, { format: 'envelope' }, make)).body)
    t.strictSame({ error: { status: error.status, message: error.message } }, example)
  }
})

t.test('the envelope names each parameter that is wrong once, with a sentence', async t => {
  const { body } = await answerTo(t, { format: 'envelope' }, () => badRequest('a', { code: 'FIELDS', errors: findings }))
  t.strictSame(JSON.parse(body).error, {
    status: 400,
    error: 'FIELDS',
    message: 'a',
    fields: {
      id: 'must match format "uuid"',
      'address.street': "must have required property 'street'",
      body: 'must be object',
      query: 'must NOT have fewer than 1 properties'
    }
  })
})

t.test('a parameter may have any name', async t => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toJSON', 'then', '0', ' ', 'a/b', 'a~b', 'a~1b', 'a"b', 'å', '\u0000', 'length']
  const errors = names.map((name): Finding => ({ in: 'body', pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, code: 'type', detail: `of ${name}` }))
  const { body } = await answerTo(t, { format: 'envelope' }, () => badRequest('a', { errors }))
  const fields = JSON.parse(Buffer.from(body, 'latin1').toString()).error.fields
  t.same(Object.keys(fields).sort(), [...names].sort())
  for (const name of names) t.equal(Object.getOwnPropertyDescriptor(fields, name)?.value, `of ${name}`, JSON.stringify(name))
  t.equal(({} as Record<string, unknown>)['0'], undefined, 'and no prototype is written on')
})

const text: CustomFormat = {
  contentType: 'application/vnd.example.error+json; charset=utf-8',
  schema: Type.Object({ id: Type.String(), text: Type.String(), in: Type.Optional(Type.Array(Type.String())) }, { $id: 'Text' }),
  body: ({ requestId, status, title, code, detail, instance, errors, type }: Problem) => ({
    id: requestId, text: [status, title, code, detail, instance, type].join(' '), in: errors?.map(finding => finding.in), secret: 'SECRET'
  })
}

t.test("a format of the user's own makes the body, as its schema says", async t => {
  const { status, headers, body } = await answerTo(t, { format: text }, () => badRequest('a', { errors: findings }))
  t.equal(status, 400)
  t.equal(headers['content-type'], 'application/vnd.example.error+json; charset=utf-8')
  t.match(JSON.parse(body), { id: /^req-/, text: '400 Bad Request BAD_REQUEST a /things about:blank', in: findings.map(finding => finding.in) })
  t.notMatch(body, 'SECRET')
  t.match(JSON.parse((await answerTo(t, { format: text }, () => internalServerError('SECRET detail'))).body).text, /^500 .* SECRET detail/, 'a StatusError is for the client')
  t.notMatch((await answerTo(t, { format: text }, () => new Error('SECRET'))).body, 'SECRET')
})

t.test('a format that fails is a 500 that says nothing of it', async t => {
  const bodies: Readonly<Record<string, (problem: Problem) => unknown>> = {
    'it throws': () => { throw new Error('SECRET') },
    'it throws null': () => { throw null }, // eslint-disable-line no-throw-literal
    'it is asynchronous': async () => ({ id: 'SECRET', text: 'SECRET' }),
    'it rejects': async () => { throw new Error('SECRET') },
    'it returns nothing': () => undefined,
    'it returns what is not of its schema': () => ({ secret: 'SECRET' }),
    'it returns what cannot be read': () => ({ get id () { throw new Error('SECRET') }, text: '' }),
    'it fails for the 400 only': problem => { if (problem.status === 400) throw new Error('SECRET'); return { id: '', text: `${problem.status} ${problem.detail}` } }
  }
  for (const [name, body] of Object.entries(bodies)) {
    const answer = await answerTo(t, { format: { ...text, body } }, () => badRequest('a'))
    t.equal(answer.status, 500, name)
    t.equal(answer.headers['cache-control'], 'no-store')
    t.notMatch(JSON.stringify(answer), 'SECRET')
    if (name === 'it fails for the 400 only') {
      t.equal(answer.headers['content-type'], text.contentType)
      t.equal(JSON.parse(answer.body).text, '500 The server met an unexpected condition.')
    } else {
      t.equal(answer.headers['content-type'], 'application/problem+json', 'the problem of RFC 9457 is there when all else fails')
      t.match(JSON.parse(answer.body), { status: 500, code: 'INTERNAL_SERVER_ERROR', detail: 'The server met an unexpected condition.' })
    }
  }
})

t.test('HEAD is answered as GET, without the body', async t => {
  const app = Fastify()
  await app.register(ptStatus)
  app.get('/things', async () => { throw serviceUnavailable() })
  const origin = await listen(t, app)
  for (const path of ['/things', '/unknown']) {
    const get = await send(origin, 'GET', path)
    const head = await send(origin, 'HEAD', path)
    t.equal(head.body, '')
    t.equal(head.status, get.status)
    t.same({ ...head.headers, date: '' }, { ...get.headers, date: '' }, 'RFC 9110 §9.3.2')
  }
})
