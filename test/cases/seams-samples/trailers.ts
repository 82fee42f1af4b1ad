import type { FastifyReply } from 'fastify'
import { notFound } from '../../../lib/index.ts'
import { marker } from '../seams-answers.ts'
import { any, get, nothing, only200, problem, success, type Options, type Question, type Sample } from './sample.ts'

function trailing (reply: FastifyReply): FastifyReply {
  return reply.trailer('x-sum', async () => 'a')
}

function trails (name: string, answer: (reply: FastifyReply) => unknown, question: Question, options?: Options): Sample {
  return { name: `a trailer and ${name}`, declare: get(async (request, reply) => answer(trailing(reply)), options), asks: [{ lacks: ['trailer'], trailers: {}, ...question }] }
}

/** Trailers, which belong to the content of a success: a 204, a 304 and a refusal have none. */
export default [
  trails('its success', () => ({ said: 'a success' }), { answers: { 200: success }, lacks: ['content-length'], trailers: { 'x-sum': 'a' } }),
  { ...trails('an automatic 304', () => ({ said: 'a success' }), { fields: any, answers: { 304: nothing } }), needsPlugin: true },
  { ...trails('a precondition that fails', () => ({ said: 'a success' }), { fields: { 'if-match': '"other"' }, answers: problem(400) }), needsPlugin: true },
  trails('notModified()', reply => reply.isNotModified({ etag: 'a' }) && reply.notModified(), { fields: any, answers: { 304: nothing } }),
  trails('noContent()', reply => reply.noContent(), { answers: { 204: nothing } }),
  trails('a 204 by its code', reply => reply.code(204).send(), { answers: { 204: nothing } }),
  trails('a thrown refusal', () => { throw notFound('No such thing.') }, { answers: problem(404) }),
  trails('a thrown Error', () => { throw new Error(marker) }, { answers: problem(500) }),
  trails('a sent refusal', reply => reply.code(409).send({ message: 'There is one.' }), { answers: problem(400, 'There is one') }),
  trails('an undeclared success', reply => reply.code(202).send({ secret: marker }), { answers: problem(500) }, only200)
] satisfies readonly Sample[]
