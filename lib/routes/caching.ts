import { getHashes, hash } from 'node:crypto'
import { fastifyEtag, type FastifyEtagOptions } from '@fastify/etag'
import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { preconditionFailed } from '../contract/errors.ts'
import { evaluate, isConditional, weakTagOf } from '../http/conditional.ts'
import { parseHttpDate } from '../http/http-date.ts'
import { failingOf } from '../refusal/failing.ts'
import { isText, notedContent } from './payload.ts'

/** What gives the 200s of GET and HEAD a tag, and evaluates the preconditions of their requests. */
export interface Tagging {
  /** The `onSend` hook: it tags the content as it leaves, whatever other hooks have made of it. */
  tag: onSendHookHandler
  /** Rejects where the options are wrong. */
  loading: Promise<void>
}

export function taggingBy (options: FastifyEtagOptions): Tagging {
  const { setTag, loading } = tagger(options)

  return {
    loading,
    tag (request, reply, payload, done) {
      const { method, headers } = request
      if (reply.statusCode !== 200 || !(method === 'GET' || method === 'HEAD') || failingOf(reply) !== undefined) return done()
      if (isText(payload)) {
        if (!reply.hasHeader('etag')) setTag(request, reply, payload)
      } else if (!setTagOfCoding(request, reply)) {
        return done()
      }
      return isConditional(headers) ? revalidate(request, reply, done) : done()
    }
  }

  /**
   * Tags content that a hook codes as it leaves: "a strong validator [is] unique across all versions of all
   * representations", so that each coding has a tag of its own (RFC 9110 §8.8.1, §8.8.3.3).
   */
  function setTagOfCoding (request: FastifyRequest, reply: FastifyReply): boolean {
    const content = notedContent(reply)
    const coding = reply.getHeader('content-encoding')
    if (content === undefined || typeof coding !== 'string' || reply.hasHeader('etag')) return false
    setTag(request, reply, content)
    reply.header('etag', String(reply.getHeader('etag')).replace(/"$/, `-${coding}"`))
    return true
  }
}

function revalidate ({ method, headers }: FastifyRequest, reply: FastifyReply, done: DoneFuncWithErrOrRes): void {
  const lastModified = reply.getHeader('last-modified')
  const validators = {
    etag: reply.getHeader('etag') as string,
    lastModified: typeof lastModified === 'string' ? parseHttpDate(lastModified) : undefined
  }
  const evaluation = evaluate(method, headers, validators)
  if (evaluation === 'precondition failed') return done(preconditionFailed(weakTagOf(headers, validators)))
  // The last word drops the fields that a 304 must not carry
  if (evaluation === 'not modified') reply.code(304)
  done()
}

type Hook = (...args: Parameters<onSendHookHandler>) => void

/** The hook of @fastify/etag, which makes the tag and calls back at once, to call where there can be one. It asks no more of an instance than to take the hook. */
function tagger (options: FastifyEtagOptions): { setTag: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => void, loading: Promise<void> } {
  let hook: Hook | undefined
  const scope = { addHook (name: string, handler: Hook) { hook = handler } } as unknown as FastifyInstance
  const loading = fastifyEtag(scope, { ...hashing(options), ...options, replyWith304: false }) as unknown as Promise<void>
  return { loading, setTag (request, reply, payload) { hook!.call(scope, request, reply, payload, () => {}) } }
}

/** Hashes as @fastify/etag does by itself, in one call: half the time, and no object for the garbage. Those that only it knows, as fnv1a, are left to it. */
function hashing ({ algorithm = 'sha1' }: FastifyEtagOptions): FastifyEtagOptions {
  return getHashes().includes(algorithm) ? { hashFn: payload => hash(algorithm, payload, 'base64') } : {}
}
