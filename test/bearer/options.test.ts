import t from 'tap'
import { bearerSettingsOf, type BearerOptions } from '../../lib/bearer/options.ts'

const good: BearerOptions = { issuer: 'https://issuer.example.com/tenant', audience: 'https://api.example.com' }

t.test('issuer and audience are enough', async t => {
  const settings = bearerSettingsOf(good)
  t.match(settings, { typ: 'at+jwt', clockTolerance: 5, realm: 'https://api.example.com', remember: 1000, timeout: 3000, cooldown: 10_000, maxAge: 600_000 })
  t.ok(Object.isFrozen(settings))
  t.equal(bearerSettingsOf({ ...good, audience: ['a', 'b'] }).realm, 'a')
})

t.test('no symmetric algorithm and no none is accepted, by default or by option', async t => {
  t.notMatch(bearerSettingsOf(good).algorithms.join(), /HS|none/)
  for (const algorithm of ['HS256', 'none', 'A128KW', 'rs256']) {
    t.throws(() => bearerSettingsOf({ ...good, algorithms: ['RS256', algorithm] }), /algorithms must be some of RS256, /, algorithm)
  }
  t.same(bearerSettingsOf({ ...good, algorithms: ['ES256'] }).algorithms, ['ES256'])
  t.equal(bearerSettingsOf({ ...good, maxAge: 100 }).cooldown, 100, 'a key is not kept for longer than maxAge')
})

const wrong: Readonly<Record<string, object>> = {
  'issuer must be': { issuer: 'issuer.example.com' },
  'issuer must be an http': { issuer: 'file:///etc/keys' },
  'issuer must be an http(s) URL without query and fragment': { issuer: 'https://issuer.example.com/?a' },
  'audience must be a text or texts': { audience: undefined },
  'audience must be': { audience: [] },
  'audience must be a text': { audience: ['a', ''] },
  'jwksUri must be': { jwksUri: 'ftp://issuer.example.com' },
  'jwksUri must be an http(s) URL': { jwksUri: 5 },
  'jwks must be a JSON Web Key Set': { jwks: [] },
  'jwks must be a JSON Web': { jwks: { keys: ['a'] } },
  'jwks must be a JSON': { jwks: { keys: [null] } },
  'algorithms must be': { algorithms: [] },
  'typ must be a text': { typ: false },
  'clockTolerance must be a number of seconds': { clockTolerance: '5' },
  'scopes must be a function': { scopes: ['a'] },
  'verify must be a function': { verify: true },
  'realm must be a text': { realm: '' },
  'remember must be a number of tokens or false': { remember: true },
  'remember must be': { remember: 0 },
  'timeout must be a number of milliseconds': { timeout: Infinity },
  'timeout must be a number of': { timeout: 2 ** 31 },
  'cooldown must be': { cooldown: -1 },
  'maxAge must be': { maxAge: 0.5 },
  "there is no option 'aud'": { aud: 'a' },
  'jwks and jwksUri exclude each other': { jwks: { keys: [] }, jwksUri: 'https://issuer.example.com/jwks' }
}

for (const [message, options] of Object.entries(wrong)) {
  t.test(`${JSON.stringify(options)} stops the start: ${message}`, async t => {
    t.throws(() => bearerSettingsOf({ ...good, ...options }), { name: 'TypeError', message: new RegExp(`^Cannot make bearer\\(\\): .*${message.replace(/[()]/g, '\\$&')}`) })
  })
}

t.test('all that is wrong is told at once', async t => {
  t.throws(() => bearerSettingsOf({ issuer: '', audience: '' }), { message: 'Cannot make bearer(): issuer must be an http(s) URL without query and fragment; audience must be a text or texts' })
})

const scopes: Readonly<Record<string, [object, string[]]>> = {
  'scope, parted by spaces': [{ scope: 'a b' }, ['a', 'b']],
  'scope with too many spaces': [{ scope: ' a  b ' }, ['a', 'b']],
  'scope as an array': [{ scope: ['a', 'b'] }, ['a', 'b']],
  'scp as an array': [{ scp: ['a', 'b'] }, ['a', 'b']],
  'scp, parted by spaces': [{ scp: 'a b' }, ['a', 'b']],
  'scope before scp': [{ scope: 'a', scp: 'b' }, ['a']],
  neither: [{}, []],
  'an empty scope': [{ scope: '' }, []],
  'a scope that is none': [{ scope: { a: true } }, []],
  'an array of what is none': [{ scp: ['a', 5, null, ['b']] }, ['a']]
}

for (const [name, [claims, expected]] of Object.entries(scopes)) {
  t.test(`the scopes of ${name} are ${JSON.stringify(expected)}`, async t => {
    t.same(bearerSettingsOf(good).scopes(claims as never), expected)
  })
}
