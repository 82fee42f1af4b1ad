import t from 'tap'
import { discoverJwksUri, metadataUrls } from '../../lib/bearer/discovery.ts'
import { startIssuer } from './issuer.ts'

const locations: Readonly<Record<string, string[]>> = {
  'https://a.example': ['https://a.example/.well-known/openid-configuration', 'https://a.example/.well-known/oauth-authorization-server'],
  'https://a.example/': ['https://a.example/.well-known/openid-configuration', 'https://a.example/.well-known/oauth-authorization-server'],
  'https://a.example/b/c': ['https://a.example/b/c/.well-known/openid-configuration', 'https://a.example/.well-known/oauth-authorization-server/b/c'],
  'https://a.example//evil.example': ['https://a.example//evil.example/.well-known/openid-configuration', 'https://a.example/.well-known/oauth-authorization-server//evil.example']
}

for (const [issuer, urls] of Object.entries(locations)) {
  t.test(`the metadata of ${issuer} is looked for where OpenID and RFC 8414 §3.1 have it`, async t => {
    t.same(metadataUrls(issuer).map(String), urls)
  })
}

const within = () => AbortSignal.timeout(5000)

t.test('the keys are found by the metadata of OpenID', async t => {
  const issuer = await startIssuer(t, '/tenant')
  t.equal(String(await discoverJwksUri(issuer.url, within())), `${issuer.url}/jwks`)
  t.same(issuer.asked, ['/tenant/.well-known/openid-configuration'])
})

t.test('the keys are found by the metadata of RFC 8414 where there is none of OpenID', async t => {
  const issuer = await startIssuer(t, '/tenant')
  issuer.answer = (request, response) => request.url === '/.well-known/oauth-authorization-server/tenant'
    ? response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: 'https://keys.example.com/a?b' }))
    : response.writeHead(404).end()
  t.equal(String(await discoverJwksUri(issuer.url, within())), 'https://keys.example.com/a?b')
})

const useless: Readonly<Record<string, (url: string) => unknown>> = {
  'of another issuer': () => ({ issuer: 'https://evil.example', jwks_uri: 'https://evil.example/jwks' }),
  'of the same issuer but for a slash': url => ({ issuer: `${url}/`, jwks_uri: `${url}/jwks` }),
  'without jwks_uri': url => ({ issuer: url }),
  'with a jwks_uri that is no URL': url => ({ issuer: url, jwks_uri: '/jwks' }),
  'with keys in a file': url => ({ issuer: url, jwks_uri: 'file:///etc/passwd' }),
  'that is null': () => null
}

for (const [name, metadata] of Object.entries(useless)) {
  t.test(`metadata ${name} isn't used`, async t => {
    const issuer = await startIssuer(t)
    issuer.answer = (request, response) => response.end(JSON.stringify(metadata(issuer.url)))
    await t.rejects(discoverJwksUri(issuer.url, within()), { name: 'AggregateError', message: `Cannot find the keys of ${issuer.url}: it has no metadata that can be used` })
  })
}
