import cors from '@fastify/cors'
import { any, get, nothing, said, type Question, type Sample } from './sample.ts'

const preflight = { origin: 'https://a.example', 'access-control-request-method': 'GET' }
const empty: readonly Question[] = [{ answers: { 204: nothing } }]

/** "A server MUST NOT send a Content-Length header field in any response with a status code of 1xx (Informational) or 204 (No Content)" (RFC 9110 §8.6). */
export default [
  { name: 'a preflight of @fastify/cors', join: async scope => { await scope.register(cors) }, declare: get(said), asks: [{ method: 'OPTIONS', fields: preflight, answers: { 204: nothing }, has: { 'access-control-allow-origin': /^\*$/ } }] },
  { name: 'a 204 with Content-Length: 0', declare: get(async (request, reply) => reply.code(204).header('content-length', '0').send()), asks: empty },
  { name: 'a 204 with the Content-Length of a text', declare: get(async (request, reply) => reply.code(204).header('content-length', '4').send('text')), asks: empty },
  { name: 'a 204 with Transfer-Encoding', declare: get(async (request, reply) => reply.code(204).header('transfer-encoding', 'chunked').send()), asks: empty },
  { name: 'a 204 with a raw Content-Length', declare: get(async (request, reply) => { reply.raw.setHeader('content-length', '0'); return reply.code(204).send() }), asks: empty },
  { name: 'a 204 with the Content-Length of an onSend hook', join: scope => scope.addHook('onSend', async (request, reply) => { reply.header('content-length', '0') }), declare: get(async (request, reply) => reply.code(204).send()), asks: empty },
  { name: 'a 304 with a Content-Length', declare: get(async (request, reply) => { reply.isNotModified({ etag: 'a' }); return reply.code(304).header('content-length', '9').send() }), asks: [{ fields: any, answers: { 304: nothing }, has: { etag: /^"a"$/ } }] }
] satisfies readonly Sample[]
