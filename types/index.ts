import type { FastifyReply, FastifyRequest, FastifySchema, FastifyTypeProvider, RouteGenericInterface, RouteOptions } from 'fastify'
import type { CallSerializerTypeProvider } from 'fastify/types/type-provider.js'
import type { HttpKeys } from 'fastify/types/utils.js'
import type { CustomFormat, Refusal } from './refusals.ts'

export type * from './refusals.ts'

/**
 * Who makes the request. Extend it with what your `authenticate` knows:
 * `declare module 'fastify-pt-status' { interface Principal { tenant: string } }`
 */
export interface Principal {
  /** Who it is: a user's or client's identifier. */
  subject: string
  /** What the credentials allow (RFC 6749 §3.3). */
  scopes?: readonly string[]
  /** What the access token says, where `bearer()` has verified one. */
  claims?: { readonly [name: string]: unknown }
}

/**
 * Reads the credentials of a request. Returns the principal, or nothing where there are none or bad ones: a 401.
 * May throw a `StatusError`.
 */
export interface Authenticate {
  (request: FastifyRequest, reply: FastifyReply): Principal | null | undefined | void | Promise<Principal | null | undefined | void>
  /** The protection space that the 403 of missing scopes names (RFC 9110 §11.5), as `bearer()` has it. */
  readonly realm?: string
  /** The codes that it refuses with besides 401, as 400 of `bearer()`: they stand in the contract of closed routes. */
  readonly codes?: readonly number[]
}

/** Who may use a route: everybody, a principal with these scopes, or whom the function admits. */
export type Access = 'public' | { readonly scopes: readonly string[] } | AccessFunction

/**
 * Only `true` admits. May throw a `StatusError`, such as `notFound()` before the principal is refused.
 *
 * It is asked before the body is read and anything is validated: `params` are texts as they stand in the path, whatever
 * their schema says, and a name that the query has twice is a list. Check what you pass on: a database refuses some texts.
 * The route's schema doesn't type `request`, but the function may: `FastifyRequest<{ Params: { id: string } }>`.
 */
export type AccessFunction = (request: FastifyRequest<any> & { params: any, query: any }, principal: Principal) => boolean | Promise<boolean>

/** What is known of a route when it is declared. */
export type AccessRoute = Pick<RouteOptions, 'method' | 'url' | 'config' | 'schema'>

/** How requests are validated. */
export interface ValidationOptions {
  /** Coerce the types of a JSON body too, as Fastify does. Default: false. */
  coerceBody?: boolean
  /** Drop the properties that a schema forbids, as Fastify does, instead of refusing them. Default: false. */
  removeAdditional?: boolean
}

/** What tells one state of a resource from another (RFC 9110 §8.8). */
export interface Validators {
  /**
   * A version, revision or hash that changes with the representation. It is quoted where it isn't an entity tag yet:
   * `3` is sent as `"3"`, `'W/"3"'` as it is.
   */
  etag?: string | number | bigint | undefined
  /** When it was last modified: a Date, or what `new Date()` takes. */
  lastModified?: Date | string | number | undefined
}

/** How automatic entity tags are made: @fastify/etag's options. */
export interface EtagOptions {
  /** A hash algorithm of Node's crypto. Default: `'sha1'`. */
  algorithm?: string
  /** A hash function of your own. */
  hashFn?: (payload: string) => string
  /** Make weak tags. Default: false. */
  weak?: boolean
}

/** The plugin's options. One that is `undefined` is one that was left out: it is as in the scope above. */
export interface PtStatusOptions {
  /** Closes every route whose `config.access` isn't `'public'`. */
  authenticate?: Authenticate | undefined
  /**
   * The access of routes whose `config.access` states none: those of other plugins, as `/docs` or `/metrics`. It is asked
   * once for each route, when the route is declared; of one from before the plugin at its first request. `undefined`
   * leaves it at any principal; what is no access stops the start.
   */
  access?: ((route: AccessRoute) => Access | undefined) | undefined
  /**
   * Whether a route is no part of the contract, as `schema.hide` makes it, though the document tells it: its successes are
   * sent as they are, and `contract()` doesn't list it. It is asked once for each route, as `access` is; what is no boolean
   * stops the start.
   */
  outside?: ((route: AccessRoute) => boolean) | undefined
  /** Turns an error of your domain into what the client is told; nothing where it has no answer to it. The reply is as the error found it. */
  mapError?: ((error: unknown, request: FastifyRequest, reply: FastifyReply) => (Error & Refusal) | null | undefined | void) | undefined
  /**
   * Adds to the errors by which a dependency is unavailable: true makes a 503 of one. It is asked about what isn't meant
   * for the client and isn't known already; false takes nothing away, which `mapError` does. What it throws is a 500.
   */
  unavailable?: ((error: unknown) => boolean) | undefined
  /** How refusals are written. Default: `'problem'`, RFC 9457. */
  format?: 'problem' | 'envelope' | CustomFormat | undefined
  /** Status codes outside the ten for which the contract is opened: they are sent as they are, not folded. */
  codes?: readonly number[] | undefined
  /**
   * What becomes of a success or redirect that the contract or the route's schema doesn't declare. `'error'`, the
   * default: a 500, and the reason in the log; `'warn'`: it is sent, and logged once for each route.
   */
  undeclared?: 'error' | 'warn' | undefined
  /** Whether a declaration that can't be stops the start, or is only logged. Default: `'error'`. */
  check?: 'error' | 'warn' | undefined
  /** `WWW-Authenticate` of a 401 that brings none (RFC 9110 §11.6.1). Default: `'Bearer'`. */
  challenge?: string | undefined
  /** `Retry-After` of a 503 that brings none, in seconds (RFC 9110 §10.2.3). Default: 30. */
  retryAfter?: number | undefined
  /**
   * How long the server goes on answering once it is told to close, in milliseconds, while `availability` is `'draining'`:
   * as long as a balancer takes to see that. It needs `statusServerOptions()`; the outermost scope's counts. Default: 0.
   */
  drainDelay?: number | undefined
  /** The security scheme of closed routes: its name in the OpenAPI document's components. Default: none is told. */
  securityScheme?: string | undefined
  /** How the 200s of GET and HEAD that have no entity tag get one; `false`: they don't. */
  etag?: EtagOptions | boolean | undefined
  /** `false` leaves validation as Fastify does it. */
  validation?: ValidationOptions | false | undefined
}

/** A route of the contract. */
export interface ContractRoute {
  method: string
  /** The path as it was declared, with its prefix. */
  url: string
  /** `'authenticated'`: any principal; `'function'`: the route decides by itself. */
  access: 'public' | 'authenticated' | 'function' | { scopes: readonly string[] }
  /** The codes that follow from its declaration, sorted. */
  codes: number[]
}

/** What the client of a suspended scope is told. */
export interface Suspension {
  /** A sentence for people. */
  detail?: string
  /** When to try again, in seconds. Default: the plugin's `retryAfter`. */
  retryAfter?: number
}

/** Whether a scope answers: `'draining'` is the server that was told to close, and will. */
export type Availability = 'available' | 'suspended' | 'draining'

/** What the plugin adds to the scope it is registered in. */
export interface PtStatus {
  /**
   * The routes of the scope by URL and method, without those that the document hides.
   *
   * @throws {Error} before the app is ready
   */
  contract (): ContractRoute[]
  /**
   * Answers 503 on every route of the scope, before the credentials and the body are read, but for those whose
   * `config.alwaysAvailable` is true; until `resume()`. An unknown route stays a 404.
   *
   * @throws {TypeError} if `detail` or `retryAfter` isn't what it must be
   */
  suspend (suspension?: Suspension): void
  /** Ends what `suspend()` began. */
  resume (): void
  /** What a readiness route tells the balancer. */
  readonly availability: Availability
}

/** What a map of responses has for a 201, looked for in Fastify's order; `never` where it has nothing. */
type Declared<Responses, Keys = [201 | '201', '2xx' | '2XX', 'default']> = Keys extends [infer Key, ...infer Rest]
  ? [Key & keyof Responses] extends [never] ? Declared<Responses, Rest> : Responses[Key & keyof Responses]
  : never

/** The body that a schema describes, or each of its media types. */
type BodyOf<TypeProvider extends FastifyTypeProvider, Schema> =
  Schema extends { content: infer Content }
    ? { [Type in keyof Content]: Content[Type] extends { schema: infer S } ? CallSerializerTypeProvider<TypeProvider, S> : unknown }[keyof Content]
    : CallSerializerTypeProvider<TypeProvider, Schema>

/** The body that a route's `Reply` generic describes, a map of responses or one body for all. */
type ReplyBody<Reply> =
  [KeysOf<Reply>] extends [never] ? unknown : [KeysOf<Reply>] extends [HttpKeys] ? Declared<Reply> : Reply

type KeysOf<T> = T extends unknown ? keyof T : never

/** The body of a 201: as the route's schema, or else its `Reply` generic, declares it; `never` where they declare others only. */
export type CreatedBody<RouteGeneric extends RouteGenericInterface, SchemaCompiler extends FastifySchema, TypeProvider extends FastifyTypeProvider> =
  keyof SchemaCompiler['response'] extends never
    ? ReplyBody<RouteGeneric['Reply']>
    : BodyOf<TypeProvider, Declared<SchemaCompiler['response']>>

declare module 'fastify' {
  interface FastifyInstance {
    ptStatus: PtStatus
  }

  interface FastifyRequest {
    /** Who makes the request; `null` on a public route and where there is no `authenticate`. */
    principal: Principal | null
  }

  interface FastifyContextConfig {
    /** Who may use the route. Default: any principal. */
    access?: Access
    /** Answers while the scope is suspended too: a liveness route. */
    alwaysAvailable?: boolean
  }

  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merging goes by position and name; constraints and defaults are Fastify's
  interface FastifyReply<RouteGeneric, RawServer, RawRequest, RawReply, ContextConfig, SchemaCompiler, TypeProvider> {
    /**
     * Answers 201 (RFC 9110 §15.3.2). One that is sent in another way, without `Location`, is logged, once a route.
     *
     * @param location the URI of what was created; what can't stand in a URI is percent-encoded. Its scheme isn't
     * checked: it is the server's to choose, so make it of your own ids and not of what the client sent
     * @param body as the route's 201 schema declares it
     * @throws {TypeError} if the location is neither a string nor a URL
     */
    created (location: string | URL, body: CreatedBody<RouteGeneric, SchemaCompiler, TypeProvider>): this
    /** Answers 204, without content (RFC 9110 §15.3.5). */
    noContent (): this
    /**
     * Answers 304, with the header fields set so far but those of content (RFC 9110 §15.4.5).
     *
     * @throws {Error} if the request is no conditional GET or HEAD: the client would have nothing to reuse
     */
    notModified (): this
    /**
     * Evaluates the request's preconditions against the validators (RFC 9110 §13.2.2), and sets these on the reply to a
     * GET or HEAD: on that to a PUT they would be those of the state before.
     * True: the client's copy is current, so answer `reply.notModified()`. A PUT, PATCH, POST or DELETE calls it before it
     * changes anything; one with `If-Match` or `If-Unmodified-Since` that succeeds without is logged, once a route.
     *
     * @param validators of the state that the resource is in, `{}` if it has none; `null` if it doesn't exist yet: any
     * `If-Match` fails then, and `If-None-Match: *` holds (§13.1.1, §13.1.2). Where the answer is a 404, throw that first
     * (§13.2.1)
     * @throws {StatusError} if `If-Match`, `If-Unmodified-Since` or, but for GET and HEAD, `If-None-Match` fails: a 412
     * that is told as 400 `PRECONDITION_FAILED`. Its detail says where `If-Match` fails only since an entity tag is weak
     * (§8.8.3.2)
     * @throws {TypeError} if `lastModified` is no date
     */
    isNotModified (validators: Validators | null): boolean
  }
}
