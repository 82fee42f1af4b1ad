import { getHashes, hash } from 'node:crypto'
import { fastifyEtag, type FastifyEtagOptions } from '@fastify/etag'
import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { evaluate, isConditional } from '../http/conditional.ts'
import { preconditionFailed } from '../contract/errors.ts'
import { answererOf } from '../refusal/failure.ts'
import { parseHttpDate } from '../http/http-date.ts'
import { dropContent } from '../refusal/representation.ts'

/**
 * Gives the 200s of a scope's GET and HEAD routes a tag, and evaluates the preconditions of their requests. The hook is
 * the last of its route: the tag is that of the content as it leaves, whatever other hooks have made of it.
 */
export async function setCaching (instance: FastifyInstance, options: FastifyEtagOptions): Promise<void> {
  const { ptStatus } = instance
  const setTag = await tagger(options)

  instance.addHook('onRoute', function (route) {
    if (this.ptStatus !== ptStatus) return
    const hooks = [route.onSend ?? []].flat()
    // The last two of a HEAD route are Fastify's, behind which there is no content to tag, and dropLength
    if (route.method === 'HEAD') route.onSend = [...hooks.slice(0, -2), revalidate, ...hooks.slice(-2)]
    else if ([route.method].flat().includes('GET')) route.onSend = [...hooks, revalidate]
  })

  function revalidate (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneFuncWithErrOrRes): void {
    const { method, headers } = request
    const isText = typeof payload === 'string' || Buffer.isBuffer(payload)
    if (reply.statusCode !== 200 || !isText || answererOf(reply) !== undefined || !(method === 'GET' || method === 'HEAD')) return done()

    if (!reply.hasHeader('etag')) setTag(request, reply, payload)
    if (!isConditional(headers)) return done()

    const lastModified = reply.getHeader('last-modified')
    const evaluation = evaluate(method, headers, {
      etag: reply.getHeader('etag') as string,
      lastModified: typeof lastModified === 'string' ? parseHttpDate(lastModified) : undefined
    })
    if (evaluation === 'precondition failed') return done(preconditionFailed())
    if (evaluation === 'perform') return done()
    dropContent(reply)
    reply.code(304)
    // Fastify's hook of HEAD routes can't take null
    done(null, method === 'HEAD' ? '' : null)
  }
}

type Tagger = (request: FastifyRequest, reply: FastifyReply, payload: unknown) => void

/** The hook of @fastify/etag, which makes the tag and calls back at once, to call where there can be one. */
async function tagger (options: FastifyEtagOptions): Promise<Tagger> {
  let hook: onSendHookHandler | undefined
  const scope = { addHook (name: string, handler: onSendHookHandler) { hook = handler } }
  await fastifyEtag(scope as unknown as FastifyInstance, { ...hashing(options), ...options, replyWith304: false })
  return (request, reply, payload) => { (hook as Function)(request, reply, payload, () => {}) }
}

/** Hashes as @fastify/etag does by itself, in one call: half the time, and no object for the garbage. Those that only it knows, as fnv1a, are left to it. */
function hashing ({ algorithm = 'sha1' }: FastifyEtagOptions): FastifyEtagOptions {
  return getHashes().includes(algorithm) ? { hashFn: payload => hash(algorithm, payload, 'base64') } : {}
}
