import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { hostileTokens, marker } from '../cases/hostile-tokens.ts'
import { as, audience, newKey, now, sign, startApi, startIssuer } from './issuer.ts'
import { send } from '../wire.ts'

for (const [name, [make, detail]] of Object.entries(hostileTokens)) {
  t.test(`a token ${name} is a 401 invalid_token: ${detail}`, async t => {
    const issuer = await startIssuer(t)
    const lines: string[] = []
    const origin = await startApi(t, { issuer: issuer.url, audience, clockTolerance: 0 }, lines)
    const token = await make(issuer)
    const { status, headers, body } = await send(origin, 'GET', '/', as(token))
    t.equal(status, 401)
    t.equal(headers['www-authenticate'], `Bearer realm="${audience}", error="invalid_token", error_description="${detail}"`)
    t.match(JSON.parse(body), { status: 401, code: 'INVALID_TOKEN', detail })
    t.notMatch(body + JSON.stringify(headers) + lines.join(''), marker)
    if (token.length > 20) t.notMatch(lines.join(''), token.slice(-20))
    t.notOk(issuer.asked.includes('/evil'), 'what the token refers to is not asked for')
    t.equal((await send(origin, 'GET', '/', as(await issuer.sign()))).status, 200, 'a good one is accepted after it')
  })
}

for (const alg of ['RS256', 'PS384', 'ES512', 'EdDSA']) {
  t.test(`a token by ${alg} is accepted, unless the option says otherwise`, async t => {
    const issuer = await startIssuer(t)
    const key = await newKey('second', alg)
    const token = await sign(issuer.url, key)
    const options = { issuer: issuer.url, audience, jwks: { keys: [key.jwk] } }
    t.equal((await send(await startApi(t, options), 'GET', '/', as(token))).status, 200)
    t.equal((await send(await startApi(t, { ...options, algorithms: ['ES256'] }), 'GET', '/', as(token))).status, 401)
  })
}

t.test('the clocks may be apart by the tolerance', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, clockTolerance: 60 })
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign({ exp: now() - 50, nbf: now() + 50 })))).status, 200)
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign({ exp: now() - 61 })))).status, 401)
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign({ nbf: now() + 65 })))).status, 401)
})

t.test('one of several audiences is enough, and typ may be another', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience: ['https://old.example', audience], typ: 'JWT' })
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign({ aud: ['https://else.example', audience] }, { typ: 'JWT' })))).status, 200)
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign()))).status, 401)
})

t.test('a typ may be written with application/ and in any case (RFC 9068 §4, RFC 7515 §4.1.9)', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  t.equal((await send(origin, 'GET', '/', as(await issuer.sign({}, { typ: 'application/AT+JWT' })))).status, 200)
})

t.test('a token without kid is accepted where one key fits, and refused where two do', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience, cooldown: 0 })
  const token = await issuer.sign({}, { kid: undefined as never })
  t.equal((await send(origin, 'GET', '/', as(token))).status, 200)
  issuer.keys.push((await newKey('second')).jwk)
  await send(origin, 'GET', '/', as(await issuer.sign({}, { kid: 'unknown' })))
  t.equal((await send(origin, 'GET', '/', as(token))).status, 401)
})

t.test("a key of the issuer's that can't be used is the issuer's fault: 503", async t => {
  const issuer = await startIssuer(t)
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const key = { ...await newKey('weak', 'RS256'), jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' } }
  const { createSign } = await import('node:crypto')
  const input = (await sign(issuer.url, await newKey('weak', 'RS256'))).split('.').slice(0, 2).join('.')
  const token = `${input}.${createSign('sha256').update(input).sign(privateKey, 'base64url')}`
  const lines: string[] = []
  const origin = await startApi(t, { issuer: issuer.url, audience, jwks: { keys: [key.jwk] } }, lines)
  const { status, headers } = await send(origin, 'GET', '/', as(token))
  t.match([status, headers['retry-after']], [503, '1'])
  t.match(lines.join(''), /2048 bits/, 'the log says why')
})
