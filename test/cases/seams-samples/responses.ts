import { marker } from '../seams-answers.ts'
import { get, nothing, only200, problem, type Options, type Question, type Sample } from './sample.ts'

function responds (name: string, make: () => Response, asks: readonly Question[], options?: Options): Sample {
  return { name: `a web Response of ${name}`, declare: get(async () => make(), options), asks }
}

/** Web Responses: Fastify takes their status and header fields last. */
export default [
  responds('304', () => new Response(null, { status: 304, headers: { etag: '"a"', 'cache-control': 'private' } }), [
    { fields: { 'if-none-match': '"a"' }, answers: { 304: nothing }, has: { etag: /^"a"$/, 'cache-control': /^private$/ } }
  ]),
  // Who asked for no condition has nothing to reuse
  { ...responds('304 that nobody asked for', () => new Response(null, { status: 304, headers: { etag: '"a"' } }), [{ answers: problem(500), lacks: ['etag'] }]), needsPlugin: true },
  responds('204', () => new Response(null, { status: 204, headers: { 'x-own': 'a' } }), [{ answers: { 204: nothing }, has: { 'x-own': /^a$/ } }]),
  responds('204 with a Content-Length', () => new Response(null, { status: 204, headers: { 'content-length': '0' } }), [{ answers: { 204: nothing } }]),
  responds('200', () => new Response('a success', { headers: { 'x-own': 'a', 'content-type': 'text/plain' } }), [{ answers: { 200: /^a success$/ }, has: { 'x-own': /^a$/, 'content-type': /^text\/plain$/ } }]),
  responds('500', () => new Response(marker, { status: 500, headers: { etag: '"a"', 'cache-control': 'private' } }), [{ answers: problem(500), lacks: ['etag'] }]),
  responds('404', () => new Response('No such thing.', { status: 404 }), [{ answers: problem(404) }]),
  responds('401', () => new Response('No.', { status: 401 }), [{ answers: problem(401), has: { 'www-authenticate': /^Bearer/ } }]),
  responds('409', () => new Response('There is one.', { status: 409 }), [{ answers: problem(400, 'CONFLICT') }]),
  responds('202, undeclared', () => new Response(marker, { status: 202 }), [{ answers: problem(500) }], only200)
] satisfies readonly Sample[]
