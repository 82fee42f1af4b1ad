import { Readable } from 'node:stream'
import { StatusError } from '../../lib/contract/errors.ts'

/** Stands in every field of what is thrown. If it is in an answer, something has leaked. */
export const marker = 'MARKER-7f3a91'

/** What is thrown, made anew for each throw. None of it was meant for the client: each is a 500. */
export const hostileThrows: Readonly<Record<string, () => unknown>> = {
  // No errors at all
  null: () => null,
  undefined: () => undefined,
  false: () => false,
  zero: () => 0,
  NaN: () => NaN,
  'a bigint': () => 7391n,
  'the number 404': () => 404,
  'an empty string': () => '',
  'a string': () => marker,
  'a symbol': () => Symbol(marker),
  'a function': () => Object.defineProperties(() => marker, Object.getOwnPropertyDescriptors(fields)),
  'an array': () => [marker],
  'a plain object': () => ({ ...fields, statusCode: 404, status: 404, expose: true }),
  'an object without a prototype': () => Object.assign(Object.create(null), fields),
  'an object that looks like a StatusError': () => ({ ...new StatusError(404, marker), name: 'StatusError', message: marker }),
  'a thenable': () => ({ then (resolve: (value: unknown) => void) { resolve(marker) }, ...fields }),
  'a buffer': () => Buffer.from(marker),
  'a stream': () => Readable.from([marker]),
  'a Response': () => new Response(marker, { status: 200, headers: { 'x-leak': marker } }),

  // Errors of somebody else
  'an error': () => error(),
  'a frozen error': () => Object.freeze(error()),
  'an error with a null prototype': () => Object.setPrototypeOf(error(), null),
  'an error with a huge message': () => new Error(marker.repeat(1000)),
  'an error with line breaks in its message': () => new Error(`${marker}\r\nSet-Cookie: ${marker}`),
  'an error whose cause is itself': () => { const loop = error(); loop['cause'] = loop; return loop },
  'a loop of two causes': () => { const a = error(); const b = error(); a['cause'] = b; b['cause'] = a; return a },
  'an AggregateError': () => new AggregateError([error(), marker, null], marker),
  'an AggregateError that holds itself': () => { const loop = new AggregateError([], marker); loop.errors.push(loop); return loop },
  'a DOMException': () => new DOMException(marker, 'AbortError'),
  'an error of an HTTP client': () => error({ statusCode: 404, status: 404, response: { status: 404, body: marker }, headers: { 'x-leak': marker, 'set-cookie': marker } }),
  'an error that is not exposed': () => error({ statusCode: 404, expose: false }),
  'an error that names itself FastifyError': () => error({ name: 'FastifyError', statusCode: 404 }),
  'an error with a code of Fastify': () => error({ code: 'FST_ERR_NOT_FOUND', statusCode: 404 }),
  ...each('an error with status code', [200, 99, 600, NaN, Infinity, '404', 404, -1, 404.5, 304, null, {}, Symbol(marker)],
    statusCode => error({ statusCode, status: statusCode })),
  ...each('an exposed error with status code', [200, 99, 600, NaN, '404', -1, 500, null],
    statusCode => error({ statusCode, expose: true })),
  ...each('an exposed 404 with headers', [
    { 'x-leak': `${marker}\r\nset-cookie: ${marker}` }, { [`${marker} `]: 'a' }, { 'x-leak': '\u0100' }, { 'x-leak': undefined, '\n': marker },
    { 'x-leak': Symbol(marker) }, { 'x-leak': { toString () { throw error() } } }, { get 'x-leak' () { throw error() } }
  ], headers => error({ statusCode: 404, expose: true, headers })),

  // Traps
  ...each('an error with a getter that throws:', [
    'name', 'message', 'stack', 'code', 'status', 'statusCode', 'headers', 'cause', 'errors', 'expose', 'validation', 'validationContext', 'constructor',
    'then', 'toString', 'toJSON', 'raw'
  ], name => trap(error(), name)),
  'an exposed error with a message that throws': () => trap(error({ statusCode: 404, expose: true }), 'message'),
  'an exposed error with headers that throw': () => trap(error({ statusCode: 404, expose: true }), 'headers'),
  'an error of Fastify with a message that throws': () => trap(error({ name: 'FastifyError', code: 'FST_ERR_NOT_FOUND', statusCode: 404 }), 'message'),
  'a failed validation with findings that throw': () => trap(error({ validationContext: 'body', statusCode: 400 }), 'validation'),
  'an error whose cause throws': () => new Error(marker, { cause: trap(error(), 'message', 'stack', 'cause') }),
  'a proxy that throws on everything': () => evil(error()),
  'a proxy of an object that throws on everything': () => evil({}),
  'a revoked proxy': () => { const { proxy, revoke } = Proxy.revocable(error(), {}); revoke(); return proxy },

  // StatusErrors that are none any more
  ...each('a StatusError mutated to status', [200, 304, 418, 99, 600, NaN, '404', null, undefined, marker], status => mutated({ status })),
  'a StatusError with headers that are null': () => mutated({ headers: null }),
  'a StatusError with headers that are a string': () => mutated({ headers: `${marker}\r\n` }),
  'a StatusError with a header name that cannot be written': () => mutated({ headers: { [`x ${marker}`]: marker } }),
  'a StatusError with a header value that cannot be written': () => mutated({ headers: { 'x-leak': `${marker}\n` } }),
  'a StatusError without a code': () => mutated({ code: undefined }),
  'a StatusError with a message that throws': () => mutated({ message: { toString () { throw error() } } }),
  'a StatusError with findings that are none': () => mutated({ status: 400, errors: { length: 1, 0: marker } }),
  ...each('a subclass of StatusError with a getter that throws:', ['status', 'code', 'message', 'headers', 'errors'], name => trap(mutated({ status: 400 }), name)),
  'a bare object with the prototype of StatusError': () => Object.create(StatusError.prototype)
}

const fields = { message: marker, code: marker, name: marker, stack: marker, detail: marker, cause: marker, headers: { 'x-leak': marker }, errors: [marker] }

type Fields = Error & Record<string, unknown>

function error (more: Record<string, unknown> = {}): Fields {
  return Object.assign(new Error(marker), fields, more) as Fields
}

function mutated (more: Record<string, unknown>): object {
  return Object.defineProperties(new StatusError(404, 'No such thing.', { cause: error() }), Object.fromEntries(
    Object.entries(more).map(([name, value]) => [name, { value, configurable: true, enumerable: true }])
  ))
}

function trap (target: object, ...names: string[]): unknown {
  for (const name of names) Object.defineProperty(target, name, { get () { throw error() }, enumerable: true })
  return target
}

function evil (target: object): unknown {
  const handler = new Proxy({}, { get: () => () => { throw error() } })
  return new Proxy(target, handler)
}

function each <Value> (title: string, values: readonly Value[], make: (value: Value) => unknown): Record<string, () => unknown> {
  return Object.fromEntries(values.map((value, index) => [`${title} ${typeof value === 'object' && value !== null ? `#${index}` : String(value)}`, () => make(value)]))
}
