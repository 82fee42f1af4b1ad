import t from 'tap'
import { hostileFields, malformedCredentials, otherCredentials } from '../cases/hostile-tokens.ts'
import { as, audience, startApi, startIssuer } from './issuer.ts'
import { exchange, parse, send } from '../wire.ts'

t.test('a request without credentials is told the scheme and the realm, and of no error (RFC 6750 §3.1)', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  const refused = await send(origin, 'GET', '/')
  t.match([refused.status, refused.headers['www-authenticate']], [401, `Bearer realm="${audience}"`])
  t.match(JSON.parse(refused.body), { code: 'UNAUTHORIZED', detail: 'This needs an access token.' })
  for (const authorization of otherCredentials) {
    const { status, headers } = await send(origin, 'GET', '/', { authorization })
    t.match([status, headers['www-authenticate']], [401, `Bearer realm="${audience}"`], JSON.stringify(authorization))
  }
  t.same(issuer.asked, [], 'the issuer is not asked for it')
})

t.test('a malformed request is a 400 invalid_request (RFC 6750 §3.1)', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  for (const authorization of malformedCredentials) {
    const { status, headers, body } = await send(origin, 'GET', '/', { authorization })
    t.equal(status, 400, JSON.stringify(authorization.slice(0, 40)))
    t.equal(headers['www-authenticate'], `Bearer realm="${audience}", error="invalid_request", error_description="The Authorization field is not Bearer and one token."`)
    t.match(JSON.parse(body), { code: 'INVALID_REQUEST', detail: 'The Authorization field is not Bearer and one token.' })
  }
  t.same(issuer.asked, [])
})

t.test('the scheme is case-insensitive, and more spaces may follow it (RFC 9110 §11.1, RFC 6750 §2.1)', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  const token = await issuer.sign()
  for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer   ']) {
    t.equal((await send(origin, 'GET', '/', { authorization: `${scheme} ${token}` })).status, 200, scheme)
  }
})

for (const [name, fields] of Object.entries(hostileFields)) {
  t.test(`a request with ${name} is a 400, even with a good token`, async t => {
    const issuer = await startIssuer(t)
    const origin = await startApi(t, { issuer: issuer.url, audience })
    const token = await issuer.sign()
    const answer = await exchange(origin, `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${fields(token)}\r\n`)
    t.equal(parse(answer).status, 400)
    t.notMatch(answer, token.slice(0, 20))
    if (name.startsWith('two')) t.match(parse(answer).headers['www-authenticate'], /error="invalid_request", error_description="The request has more than one/)
  })
}

t.test('a token in the query is a 400, with another in the header and alone (RFC 6750 §2, RFC 9700 §4.3.2)', async t => {
  const issuer = await startIssuer(t)
  const origin = await startApi(t, { issuer: issuer.url, audience })
  const token = await issuer.sign()
  for (const path of [`/?access_token=${token}`, '/?access_token=', `/?a=b&access%5Ftoken=${token}`, '/?access_token=a&access_token=b']) {
    for (const headers of [{}, as(token)]) {
      const refused = await send(origin, 'GET', path, headers)
      t.equal(refused.status, 400, path.slice(0, 20))
      t.match(refused.headers['www-authenticate'], /error="invalid_request", error_description="An access token belongs into the Authorization field/)
      t.notMatch(refused.body, token.slice(0, 20))
    }
  }
  t.equal((await send(origin, 'GET', '/?access=token', as(token))).status, 200)
})
