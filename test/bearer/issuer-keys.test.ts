import { setTimeout as sleep } from 'node:timers/promises'
import { exportJWK } from 'jose'
import t, { type Test } from 'tap'
import { remoteKeys } from '../../lib/bearer/issuer-keys.ts'
import { as, audience, newKey, sign, startApi, startIssuer, stopClock, timeoutFor, type TestIssuer } from './issuer.ts'
import { send, type Response } from '../wire.ts'

const metadata = '/.well-known/openid-configuration'

/** A 503 that is neither the client's fault nor tells whose it is. */
function isOutage (t: Test, { status, headers, body }: Response, { url }: TestIssuer): void {
  t.equal(status, 503)
  t.match(headers['retry-after'], /^([1-9]|10)$/)
  t.match(JSON.parse(body), { code: 'ISSUER_UNAVAILABLE', detail: "Access tokens can't be verified for now." })
  t.notMatch(body + JSON.stringify(headers), new RegExp(`${new URL(url).host}|ECONN|fetch|JSON`))
}

t.test('the keys are read when the first token comes, once for all who wait', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  t.same(issuer.asked, [])
  const tokens = await Promise.all(Array.from({ length: 30 }, async (_, index) => issuer.sign({ sub: String(index) })))
  const answers = await Promise.all(tokens.map(async token => send(origin, 'GET', '/', as(token))))
  t.same([...new Set(answers.map(({ status }) => status))], [200])
  t.same(issuer.asked, [metadata, '/jwks'])
})

t.test('jwksUri and jwks take the place of discovery', async t => {
  const issuer = await startIssuer(t)
  const token = await issuer.sign()
  t.equal((await send(await startApi(t, { issuer: issuer.url, audience, jwksUri: `${issuer.url}/jwks` }), 'GET', '/', as(token))).status, 200)
  t.same(issuer.asked, ['/jwks'])
  const local = await startApi(t, { issuer: issuer.url, audience, jwks: { keys: [issuer.key.jwk] } })
  t.equal((await send(local, 'GET', '/', as(token))).status, 200)
  t.equal((await send(local, 'GET', '/', as(await issuer.sign({}, { kid: 'unknown' })))).status, 401)
  t.same(issuer.asked, ['/jwks'])
})

t.test('a flood of unknown kids makes at most one attempt in each cooldown', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, cooldown: 300 })
  await send(origin, 'GET', '/', as(await issuer.sign()))
  issuer.asked.length = 0
  await sleep(300)

  const tokens = await Promise.all(Array.from({ length: 200 }, async (_, index) => issuer.sign({}, { kid: `unknown ${index}` })))
  const start = performance.now()
  const statuses = await Promise.all(tokens.map(async token => (await send(origin, 'GET', '/', as(token))).status))
  const cooldowns = Math.floor((performance.now() - start) / 300)
  t.same([...new Set(statuses)], [401])
  t.ok(issuer.asked.length >= 1 && issuer.asked.length <= 1 + cooldowns, `${tokens.length} unknown kids, ${issuer.asked.length} asked for in ${cooldowns + 1} cooldowns`)
  t.same([...new Set(issuer.asked)], ['/jwks'], 'where the keys are is known')
})

t.test('a flood while the issuer is down makes at most one attempt in each cooldown too', async t => {
  const issuer = await startIssuer(t)
  stopClock(t)
  issuer.answer = (request, response) => response.writeHead(500).end()
  const origin = await startApi(t, { issuer: issuer.url, audience, jwksUri: `${issuer.url}/jwks`, cooldown: 10_000 })
  const token = await issuer.sign()
  for (let round = 0; round < 3; round++) {
    for (const answer of await Promise.all(Array.from({ length: 20 }, async () => send(origin, 'GET', '/', as(token))))) isOutage(t, answer, issuer)
  }
  t.same(issuer.asked, ['/jwks'])
})

t.test('a new key is found by its kid, with one attempt for all who wait; the old one goes on', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, cooldown: 100 })
  const old = await issuer.sign()
  t.equal((await send(origin, 'GET', '/', as(old))).status, 200)
  const second = await newKey('second')
  issuer.keys.push(second.jwk)
  issuer.asked.length = 0
  await sleep(100)
  const tokens = await Promise.all(Array.from({ length: 20 }, async (_, index) => sign(issuer.url, second, { sub: String(index) })))
  const answers = await Promise.all(tokens.map(async token => send(origin, 'GET', '/', as(token))))
  t.same([...new Set(answers.map(({ status }) => status))], [200])
  t.same(issuer.asked, ['/jwks'])
  t.equal((await send(origin, 'GET', '/', as(old))).status, 200)
})

const failures: Readonly<Record<string, (issuer: TestIssuer) => unknown>> = {
  'is down': async issuer => { await issuer.stop() },
  hangs: issuer => { issuer.answer = () => {} },
  'trickles its answer': issuer => {
    issuer.answer = (request, response) => {
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    }
  },
  'stops in the middle of its answer': issuer => { issuer.answer = (request, response) => response.write('{') },
  'has an error': issuer => { issuer.answer = (request, response) => response.writeHead(500).end('{"keys":[]}') },
  'wants credentials': issuer => { issuer.answer = (request, response) => response.writeHead(401).end() },
  'redirects elsewhere': issuer => { issuer.answer = ({ url }, response) => url === '/else' ? response.end(JSON.stringify({ keys: issuer.keys })) : response.writeHead(307, { location: '/else' }).end() },
  'answers with HTML': issuer => { issuer.answer = (request, response) => response.end('<html>') },
  'answers with no key set': issuer => { issuer.answer = (request, response) => response.end('{"keys":{}}') },
  'resets its connections': issuer => { issuer.answer = ({ socket }) => socket.resetAndDestroy() },
  'gives too much': issuer => { issuer.answer = (request, response) => response.end(JSON.stringify({ keys: [...issuer.keys, { kid: 'a'.repeat(300_000) }] })) },
  'has withdrawn all keys': issuer => { issuer.keys = [] },
  'publishes a private key': async issuer => { issuer.keys = [{ ...issuer.key.jwk, ...await exportJWK(issuer.key.privateKey) }] },
  'publishes a key that is none': issuer => { issuer.keys = [{ ...issuer.key.jwk, x: 'AA' }] }
}

for (const [name, fail] of Object.entries(failures)) {
  t.test(`an issuer that ${name} is a 503, never a 401 or 500, until it is well again`, async t => {
    const issuer = await startIssuer(t)
    const lines: string[] = []
    const token = await issuer.sign()
    const origin = await startApi(t, { issuer: issuer.url, audience, timeout: await timeoutFor(issuer), cooldown: 200 }, lines)
    const { keys } = issuer
    await fail(issuer)
    isOutage(t, await send(origin, 'GET', '/', as(token)), issuer)
    t.match(lines.filter(line => line.includes('"level":50')).join(''), /ISSUER_UNAVAILABLE.*(cause|stack)/, 'the log knows why')
    t.notMatch(lines.join(''), token.slice(-20))

    issuer.answer = undefined
    issuer.keys = keys
    await issuer.stop()
    await issuer.restart()
    await sleep(200)
    t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
  })
}

for (const [name, fail] of Object.entries(failures).slice(0, 11)) {
  t.test(`known keys go on verifying while the issuer ${name}, however old they get; an unknown one is a 503`, async t => {
    const issuer = await startIssuer(t)
    const lines: string[] = []
    const origin = await startApi(t, { issuer: issuer.url, audience, timeout: await timeoutFor(issuer), cooldown: 200, maxAge: 100, remember: false }, lines)
    t.equal((await send(origin, 'GET', '/', as(await issuer.sign()))).status, 200)
    await fail(issuer)
    await sleep(220)
    for (let round = 0; round < 3; round++) {
      t.equal((await send(origin, 'GET', '/', as(await issuer.sign()))).status, 200)
      await sleep(100)
    }
    t.match(lines.filter(line => line.includes('"level":40')).join(''), /The issuer's keys can't be read/, 'the log warns')
    isOutage(t, await send(origin, 'GET', '/', as(await issuer.sign({}, { kid: 'unknown' }))), issuer)
  })
}

t.test('while the issuer hangs, only the first request with old keys waits for it', async t => {
  const issuer = await startIssuer(t)
  const lines: string[] = []
  const origin = await startApi(t, { issuer: issuer.url, audience, timeout: await timeoutFor(issuer), cooldown: 0, maxAge: 100 }, lines)
  const token = await issuer.sign()
  /** Asks, and returns how many attempts to read the keys had failed by the time of the answer. */
  const failed = async (): Promise<number> => {
    t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
    return lines.filter(line => line.includes("The issuer's keys can't be read")).length
  }
  t.equal(await failed(), 0)
  issuer.answer = () => {}
  await sleep(100)
  t.equal(await failed(), 1, 'it waits until the attempt fails')
  for (let round = 0; round < 3; round++) t.equal(await failed(), 1, 'the next attempt goes on')
})

t.test('a busy server reads its keys again before they are old, and nobody waits', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, timeout: 5000, cooldown: 0, maxAge: 10_000 })
  const pass = stopClock(t)
  const token = await issuer.sign()
  await send(origin, 'GET', '/', as(token))
  issuer.asked.length = 0
  pass(4999)
  await send(origin, 'GET', '/', as(token))
  t.same(issuer.asked, [])
  issuer.answer = () => {}
  pass(1)
  t.equal((await send(origin, 'GET', '/', as(token))).status, 200, 'at half its age')
  while (issuer.asked.length === 0) await sleep(5)
  t.same(issuer.asked, ['/jwks'])
})

t.test('a revoked key opens nothing after maxAge, not even for a remembered token', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, cooldown: 0, maxAge: 200 })
  const token = await issuer.sign()
  t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
  const second = await newKey('second')
  issuer.keys = [second.jwk]
  await sleep(220)
  const { status, body } = await send(origin, 'GET', '/', as(token))
  t.match([status, JSON.parse(body).code], [401, 'INVALID_TOKEN'])
  t.equal((await send(origin, 'GET', '/', as(await sign(issuer.url, second)))).status, 200)
})

t.test('an issuer that withdraws all its keys closes the door: 503', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, cooldown: 0, maxAge: 100 })
  const token = await issuer.sign()
  t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
  const { keys } = issuer
  issuer.keys = []
  await sleep(120)
  isOutage(t, await send(origin, 'GET', '/', as(token)), issuer)
  isOutage(t, await send(origin, 'GET', '/', as(token)), issuer)
  issuer.keys = keys
  t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
})

t.test('an issuer that has moved its keys is discovered anew', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, cooldown: 0 })
  const token = await issuer.sign()
  await send(origin, 'GET', '/', as(token))
  const moved = await newKey('moved')
  issuer.answer = ({ url }, response) => {
    if (url === metadata) return response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/moved` }))
    if (url === '/moved') return response.end(JSON.stringify({ keys: [moved.jwk] }))
    response.writeHead(404).end()
  }
  const next = await sign(issuer.url, moved)
  isOutage(t, await send(origin, 'GET', '/', as(next)), issuer)
  t.equal((await send(origin, 'GET', '/', as(next))).status, 200)
})

t.test('a key and its version belong together, also where the keys change while one is looked for', async t => {
  const issuer = await startIssuer(t)
  const log = { warn () {} } as never
  const keys = remoteKeys({ issuer: issuer.url, timeout: 5000, cooldown: 0, maxAge: 10 })
  const header = { alg: 'ES256', kid: 'first' }
  t.equal((await keys.find(header, log)).version, 1)
  issuer.keys.push((await newKey('second')).jwk)
  await sleep(20)
  const refreshed = keys.revalidate(log)
  t.equal((await keys.find(header, log)).version, 1, 'found among the old ones')
  await refreshed
  t.equal(keys.version, 2)
  t.equal((await keys.find(header, log)).version, 2)
})
