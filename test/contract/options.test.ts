import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus from '../../lib/index.ts'
import type { PtStatusOptions } from '../../lib/index.ts'
import { settingsOf, type Settings } from '../../lib/contract/options.ts'
import { listen, send } from '../wire.ts'

t.test('the plugin needs no option', async t => {
  t.match(settingsOf({}), {
    authenticate: undefined,
    format: { contentType: 'application/problem+json' },
    defaults: { 'WWW-Authenticate': 'Bearer', 'Retry-After': '30' },
    securityScheme: undefined,
    etag: {},
    validation: {}
  })
})

t.test('settings can\'t be changed', async t => {
  t.throws(() => { (settingsOf({}) as { check: string }).check = 'warn' }, TypeError)
})

t.test('right options are taken, and those of register() pass', async t => {
  const options = {
    authenticate: () => null,
    access: () => undefined,
    outside: () => false,
    mapError: () => null,
    unavailable: () => false,
    format: { contentType: 'application/vnd.example+json', schema: Type.Object({}, { $id: 'Example' }), body: () => ({}) },
    challenge: 'Basic realm="example"',
    retryAfter: 0,
    codes: [202, 302, 409],
    undeclared: 'warn' as const,
    check: 'warn' as const,
    securityScheme: 'basic',
    validation: false as const,
    prefix: '/v1',
    logLevel: 'silent'
  }
  t.match(settingsOf(options), { defaults: { 'WWW-Authenticate': options.challenge, 'Retry-After': '0' }, validation: false, format: { contentType: 'application/vnd.example+json' } })
  t.match(settingsOf({ format: 'envelope' }), { format: { contentType: 'application/json' } })
})

t.test('options that an object inherits count: a class may have them as accessors', async t => {
  class Configuration { get authenticate () { return () => null } }
  const app = Fastify()
  await app.register(ptStatus, new Configuration())
  app.get('/', async () => ({}))
  t.equal((await app.inject('/')).statusCode, 401)
  class Wrong { get authenticate () { return 'yes' } }
  await t.rejects(async () => { await Fastify().register(ptStatus, new Wrong() as never) }, { message: /authenticate must be a function/ })
})

const wrong: Record<string, object> = {
  'authenticate must be a function': { authenticate: true },
  'mapError must be a function': { mapError: {} },
  'unavailable must be a function': { unavailable: ['ECONNREFUSED'] },
  "format must be 'problem', 'envelope' or { contentType, schema, body }, its schema with an $id": { format: 'xml' },
  "there is no option 'authentcate'": { authentcate: () => null },
  'retryAfter must be a number of seconds': { retryAfter: '30' },
  'securityScheme must be the name of a security scheme': { securityScheme: '' },
  "undeclared must be 'error' or 'warn'": { undeclared: 'log' },
  "check must be 'error' or 'warn'": { check: false },
  'codes must be status codes outside the ten, 200 to 599': { codes: [404] },
  'etag must be a boolean or { algorithm, hashFn, weak }': { etag: 'sha1' },
  'validation must be false or { coerceBody, removeAdditional }': { validation: true }
}

for (const [reason, options] of Object.entries(wrong)) {
  t.test(`${JSON.stringify(options)} stops the start: ${reason}`, async t => {
    await t.rejects(async () => { await Fastify().register(ptStatus, options as {}) }, { name: 'TypeError', message: `Cannot register fastify-pt-status: ${reason}` })
  })
}

t.test('more that stops the start', async t => {
  const schema = Type.Object({}, { $id: 'Example' })
  const body = () => ({})
  const contentType = 'application/json'
  for (const format of [null, 'toString', {}, { contentType, body }, { contentType, schema: Type.Object({}), body }, { contentType, schema }, { contentType: 'a\nb', schema, body }]) {
    t.throws(() => settingsOf({ format: format as never }), /format must be/)
  }
  for (const codes of [409, ['409'], [100], [199], [200], [299], [600], [NaN]]) t.throws(() => settingsOf({ codes: codes as never }), /codes must be/)
  for (const validation of [true, null, [1], { coerceBdy: true }]) t.throws(() => settingsOf({ validation: validation as never }), /validation must be/)
  for (const etag of ['sha1', ['sha1'], { algoritm: 'sha1' }]) t.throws(() => settingsOf({ etag: etag as never }), /etag must be/)
  for (const challenge of ['', 'Bearer\r\nX: y', 5]) t.throws(() => settingsOf({ challenge: challenge as never }), /challenge must be/)
  for (const retryAfter of [-1, 1.5, NaN, Infinity]) t.throws(() => settingsOf({ retryAfter }), /retryAfter must be/)
})

t.test('every wrong option is named at once', async t => {
  t.throws(() => settingsOf({ retryAfter: -1, challenge: '', nope: 1 } as {}), {
    message: "Cannot register fastify-pt-status: retryAfter must be a number of seconds; challenge must be a value of the WWW-Authenticate header field; there is no option 'nope'"
  })
})

/** A value of each option other than its default, and what shows it in the settings where they have no value of its name. */
const others: { [Name in keyof Required<PtStatusOptions>]: [value: Required<PtStatusOptions>[Name], shown?: (settings: Settings) => unknown] } = {
  authenticate: [() => ({ subject: 'a' })],
  access: [() => 'public'],
  outside: [() => true],
  mapError: [() => null],
  unavailable: [() => true],
  format: ['envelope', settings => settings.format.contentType],
  codes: [[409], settings => [...settings.contract.keys()]],
  undeclared: ['warn'],
  check: ['warn'],
  challenge: ['Basic', settings => settings.defaults['WWW-Authenticate']],
  retryAfter: [5, settings => settings.defaults['Retry-After']],
  drainDelay: [1000],
  securityScheme: ['oauth2'],
  etag: [false],
  validation: [false]
}

for (const [name, [value, shown = (settings: Settings) => settings[name as keyof Settings]]] of Object.entries(others)) {
  t.test(`${name}: undefined is ${name} left out`, async t => {
    const scope = settingsOf({ [name]: value })
    const leftOut = settingsOf({ [name]: undefined }, scope)
    t.equal(leftOut.options[name as keyof PtStatusOptions], value)
    t.strictSame(shown(leftOut), shown(scope), 'it is as in the scope above')
    t.strictSame(shown(settingsOf({ [name]: undefined })), shown(settingsOf({})), 'or else the default')
    t.notSame(shown(leftOut), shown(settingsOf({})))
    t.strictSame(shown(settingsOf({ [name]: undefined }, leftOut)), shown(scope), 'two scopes below too')
  })
}

t.test('a scope whose authenticate is undefined is as closed as the one above', async t => {
  const app = Fastify()
  await app.register(ptStatus, { authenticate: () => null })
  await app.register(async child => {
    await child.register(ptStatus, { authenticate: undefined, challenge: 'Basic' })
    child.get('/', async () => 'secret')
  })
  const { status, headers } = await send(await listen(t, app), 'GET', '/')
  t.equal(status, 401)
  t.equal(headers['www-authenticate'], 'Basic')
})
