import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Validators } from '../../types/index.ts'
import type { Scope } from '../contract/scope.ts'
import { evaluate, weakTagOf } from '../http/conditional.ts'
import { entityTag } from '../http/etag.ts'
import { preconditionFailed } from '../contract/errors.ts'
import { httpDate } from '../http/http-date.ts'
import { encodeUri } from '../http/uri.ts'
import { dropContent } from '../refusal/representation.ts'

/** What `reply` gains: one helper for each code that is more than a status. */
const helpers = { created, noContent, notModified, isNotModified }

/**
 * Decorates the replies of a scope.
 *
 * @throws {Error} if a user has decorated them with one of the names before
 */
export function decorateReplies ({ instance, above }: Scope): void {
  const taken = Object.entries<Function>(helpers)
    // In a scope below one with the plugin each name is there: ours
    .filter(([name, helper]) => (above === undefined && instance.hasReplyDecorator(name)) || !decorates(instance, name, helper))
    .map(([name]) => `'${name}'`)
  if (taken.length > 0) {
    throw new Error(`Cannot register fastify-pt-status: replies are already decorated with ${taken.join(', ')}: give yours another name, or remove it and use the plugin's`)
  }
}

/** Decorates the replies of an instance with a helper. False: the instance itself, and none above, has one of its name. */
function decorates (instance: FastifyInstance, name: string, helper: Function): boolean {
  try {
    instance.decorateReply(name, helper)
    return true
  } catch {
    return false
  }
}

function created (this: FastifyReply, location: string | URL, body: unknown): FastifyReply {
  if (typeof location !== 'string' && !(location instanceof URL)) {
    throw new TypeError('Cannot answer 201: the location is neither a string nor a URL')
  }
  return this.code(201).header('location', encodeUri(String(location))).send(body)
}

function noContent (this: FastifyReply): FastifyReply {
  dropContent(this)
  return this.code(204).send()
}

function notModified (this: FastifyReply): FastifyReply {
  const { method, headers } = this.request
  const isConditional = headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined
  if (!isConditional || !(method === 'GET' || method === 'HEAD')) {
    throw new Error('Cannot answer 304: the request is no conditional GET or HEAD, so the client has nothing to reuse')
  }
  return this.code(304).send()
}

const evaluated = Symbol('fastify-pt-status.evaluated')

type Evaluating = FastifyReply & { [evaluated]?: true }

/** Whether `isNotModified()` has evaluated the preconditions of a request that is neither GET nor HEAD. */
export function hasEvaluated (reply: FastifyReply): boolean {
  return (reply as Evaluating)[evaluated] === true
}

function isNotModified (this: Evaluating, validators: Validators | null): boolean {
  const { method, headers } = this.request
  const state = validators === null ? null : stateOf(validators)
  if (!(method === 'GET' || method === 'HEAD')) {
    this[evaluated] = true
  // After a PUT they are those of the state before (RFC 9110 §9.3.4)
  } else if (state !== null) {
    if (state.etag !== undefined) this.header('etag', state.etag)
    if (state.modified !== undefined) this.header('last-modified', state.modified)
  }

  const evaluation = evaluate(method, headers, state)
  if (evaluation === 'precondition failed') throw preconditionFailed(weakTagOf(headers, state))
  return evaluation === 'not modified'
}

/** The validators as they are compared, and the date as it is sent. */
function stateOf ({ etag, lastModified }: Validators) {
  const date = lastModified === undefined ? undefined : new Date(lastModified)
  return {
    etag: etag === undefined ? undefined : entityTag(etag),
    lastModified: date?.getTime(),
    modified: date && httpDate(date)
  }
}
