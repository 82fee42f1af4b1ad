import { createRequire } from 'node:module'
import Fastify from 'fastify'
import t from 'tap'

const require = createRequire(import.meta.url)

t.test('the tests run on the version of Fastify that they are to run on, whoever asks for it', async t => {
  const version = new RegExp(`^${process.env['FASTIFY'] ?? 5}\\.`)
  t.match(Fastify().version, version, 'imported')
  t.match(require('fastify')().version, version, 'required')
})
