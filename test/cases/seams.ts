import compress from '@fastify/compress'
import cors from '@fastify/cors'
import etag from '@fastify/etag'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { Kind } from './seams-answers.ts'

/** Whether something is on an answer. */
export type Sureness = 'always' | 'maybe' | 'never'

/** A header field that a neighbour adds, or a member of the list that `Vary` is, and to which answers. */
export interface Addition {
  readonly field: string
  readonly value: RegExp
  readonly on: Readonly<Record<Kind, Sureness>>
  /** It tells of content that is made, so HEAD need not have it where the content is a stream (RFC 9110 §9.3.2). */
  readonly needsContent?: true
}

/** What else is registered in the app, and what it adds to answers. */
export interface Neighbour {
  readonly name: string
  /** Registers it. `tally` is where it counts its runs, if it does. */
  join (scope: FastifyInstance, tally: { runs: number }): unknown
  /** Header fields that a request brings for it. */
  readonly asks?: Readonly<Record<string, string>>
  readonly adds?: readonly Addition[]
  /** What it makes of the content of a 200: something else, a coding, or a stream of that coding, which gets no tag. */
  readonly content?: 'changed' | 'coded' | 'coded stream'
  /** What it answers by itself, to which methods; `behindGuards`, where a closed route may be refused first. */
  readonly answers?: { readonly methods: readonly string[], readonly behindGuards?: true, readonly status: number, readonly fields?: Readonly<Record<string, RegExp>>, readonly says?: RegExp }
  /** It runs once for each request, and adds nothing. */
  readonly runsOnce?: true
}

export const everywhere: Addition['on'] = { text: 'always', object: 'always', stream: 'always', nothing: 'always', thrown: 'always', held: 'always', closed: 'always' }
/** What stands on the route may come before its guard or behind it. */
export const onTheRoute: Addition['on'] = { ...everywhere, closed: 'maybe' }
const onContent: Addition['on'] = { ...everywhere, nothing: 'never', thrown: 'maybe', held: 'maybe', closed: 'maybe' }

const coding: readonly Addition[] = [
  { field: 'content-encoding', value: /^gzip$/, on: onContent, needsContent: true },
  // A 304 that the plugin makes of a 200 has it: that is held against the 200. A 204, or a handler's own 304, had no content to tell it by
  { field: 'vary', value: /^accept-encoding$/, on: { ...onContent, nothing: 'maybe' }, needsContent: true }
]
const origin: readonly Addition[] = [
  { field: 'access-control-allow-origin', value: /^https:\/\/a\.example$/, on: everywhere },
  { field: 'vary', value: /^Origin$/, on: everywhere }
]
const limit: readonly Addition[] = ['limit', 'remaining', 'reset'].map(name => ({ field: `x-ratelimit-${name}`, value: /^\d+$/, on: onTheRoute }))
const security: readonly Addition[] = [
  'content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'origin-agent-cluster', 'referrer-policy',
  'strict-transport-security', 'x-content-type-options', 'x-dns-prefetch-control', 'x-download-options', 'x-frame-options',
  'x-permitted-cross-domain-policies', 'x-xss-protection'
].map(field => ({ field, value: /./, on: everywhere }))
/** It tags whatever is a text or a buffer, a refusal and the answer to a POST too. */
const tag: readonly Addition[] = [{ field: 'etag', value: /^"[^"]+"$/, on: { ...everywhere, text: 'maybe', object: 'maybe', stream: 'never', nothing: 'maybe', thrown: 'maybe', held: 'maybe', closed: 'maybe' } }]

const gzip = { threshold: 0, encodings: ['gzip' as const, 'identity' as const] }
const many = { max: 1e6, timeWindow: '1 hour' }
const sites = { origin: ['https://a.example'] }
const crossOrigin = { origin: 'https://a.example' }
const preflight = { ...crossOrigin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-a' }

/** Plugins that many apps have. */
export const plugins: readonly Neighbour[] = [
  { name: '@fastify/compress', join: async scope => { await scope.register(compress, { ...gzip, syncThreshold: 1e6 }) }, asks: { 'accept-encoding': 'gzip' }, adds: coding, content: 'coded' },
  { name: '@fastify/compress that makes streams', join: async scope => { await scope.register(compress, { ...gzip, syncThreshold: 0 }) }, asks: { 'accept-encoding': 'gzip' }, adds: coding, content: 'coded stream' },
  {
    name: '@fastify/cors',
    join: async scope => { await scope.register(cors, sites) },
    asks: preflight,
    adds: origin,
    answers: {
      methods: ['OPTIONS'],
      status: 204,
      fields: { 'access-control-allow-origin': /^https:\/\/a\.example$/, 'access-control-allow-methods': /GET/, 'access-control-allow-headers': /^x-a$/, vary: /Access-Control-Request-Headers/i }
    }
  },
  {
    name: '@fastify/cors, asked OPTIONS that is no preflight',
    join: async scope => { await scope.register(cors, sites) },
    asks: crossOrigin,
    adds: origin,
    answers: { methods: ['OPTIONS'], status: 400, fields: { 'content-type': /^application\/problem\+json/ }, says: /Invalid Preflight Request/ }
  },
  { name: '@fastify/helmet', join: async scope => { await scope.register(helmet) }, adds: security },
  { name: '@fastify/rate-limit', join: async scope => { await scope.register(rateLimit, many) }, adds: limit },
  {
    name: '@fastify/rate-limit that is reached',
    join: async scope => { await scope.register(rateLimit, { ...many, max: 0 }) },
    answers: { methods: ['GET', 'HEAD', 'OPTIONS', 'POST'], behindGuards: true, status: 503, fields: { 'retry-after': /^\d+$/, 'content-type': /^application\/problem\+json/ }, says: /TOO_MANY_REQUESTS/ }
  },
  { name: '@fastify/etag', join: async scope => { await scope.register(etag) }, adds: tag },
  {
    name: 'compress, cors, helmet and rate-limit',
    join: async scope => {
      await scope.register(rateLimit, many)
      await scope.register(helmet)
      await scope.register(cors, { ...sites, preflight: false })
      await scope.register(compress, { ...gzip, syncThreshold: 1e6 })
    },
    asks: { ...crossOrigin, 'accept-encoding': 'gzip' },
    adds: [...coding, ...origin, ...limit, ...security],
    content: 'coded'
  }
]
