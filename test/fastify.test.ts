import { createRequire } from 'node:module'
import Fastify from 'fastify'
import t from 'tap'
import ptStatus from '../lib/index.ts'

const require = createRequire(import.meta.url)

t.test('the tests run on the version of Fastify that they are to run on, whoever asks for it', async t => {
  const version = new RegExp(`^${process.env['FASTIFY'] ?? 5}\\.`)
  t.match(Fastify().version, version, 'imported')
  t.match(require('fastify')().version, version, 'required')
})

const register = async (version: string) => {
  const app = Object.defineProperty(Fastify(), 'version', { value: version })
  await app.register(ptStatus)
  await app.ready()
}

for (const version of ['5.12.0', '5.99.0', '6.0.0-alpha.4', '6.0.0', '6.99.0']) {
  t.test(`Fastify ${version} takes the plugin`, async t => { await t.resolves(register(version)) })
}

for (const version of ['4.29.1', '5.11.9', '7.0.0']) {
  t.test(`Fastify ${version} refuses the plugin`, async t => { await t.rejects(register(version), { code: 'FST_ERR_PLUGIN_VERSION_MISMATCH' }) })
}

t.test('npm and Fastify are told the same of the versions that the plugin is for', async t => {
  const { fastify } = (ptStatus as unknown as { [meta: symbol]: { fastify: string } })[Symbol.for('plugin-meta')]!
  t.equal(fastify, require('../package.json').peerDependencies.fastify)
})
