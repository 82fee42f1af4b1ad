type Make = () => unknown

/** An error with more fields, of a class of this name. */
function error (message: string, more: object = {}, type = 'Error'): Error {
  const Class = type === 'Error' ? Error : { [type]: class extends Error {} }[type] as ErrorConstructor
  return Object.assign(new Class(message), more)
}

const refused = () => error('connect ECONNREFUSED 127.0.0.1:5432', { errno: -111, code: 'ECONNREFUSED', syscall: 'connect' })
const database = (code: string) => error('…', { name: 'error', severity: 'FATAL', code }, 'DatabaseError')
/** As Prisma wraps what its driver adapter has told. */
const prisma = (cause: object, name = 'DriverAdapterError') => error('…', { name: 'PrismaClientKnownRequestError', code: 'P2010', meta: { driverAdapterError: error('…', { name, cause }) } })
const bug = () => new TypeError("Cannot read properties of undefined (reading 'id')")

/** Errors by which a dependency is unavailable, one of each form of sign and of each way to wrap one. */
export const unavailable: Readonly<Record<string, Make>> = {
  'a system error': refused,
  'a system error without a syscall, of node:http': () => error('socket hang up', { code: 'ECONNRESET' }),
  'a DOMException of AbortSignal.timeout()': () => new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
  'a name': () => error('Server selection timed out', { name: 'MongoServerSelectionError' }),
  'a name beside a code that tells nothing': () => error('…', { name: 'TimeoutError', code: 'ABORT_ERR' }),
  'a class that has no name of its own': () => error('The client is offline', {}, 'ClientOfflineError'),
  'a whole class of SQLSTATE': () => database('53300'),
  'a part of a class of SQLSTATE': () => database('57P03'),
  'one SQLSTATE': () => database('57014'),
  'what a driver adapter of Prisma calls it': () => prisma({ kind: 'ConnectionClosed' }),
  'a SQLSTATE that a driver adapter of Prisma passes on': () => prisma({ kind: 'postgres', originalCode: '57P01' }),
  'a reply of Redis, of ioredis': () => error('MASTERDOWN Link with MASTER is down', { name: 'ReplyError' }, 'SimpleError'),
  'a reply of Redis, of redis': () => error('OOM command not allowed', {}, 'SimpleError'),
  'a message of an error that has nothing else': () => error('Connection terminated unexpectedly'),
  'a cause': () => new TypeError('fetch failed', { cause: refused() }),
  'a cause of a cause': () => new Error('No registry entry', { cause: new TypeError('fetch failed', { cause: refused() }) }),
  'a cause that has a code of its own': () => error('connect ECONNREFUSED', { code: 'ECONNREFUSED', cause: refused() }, 'AxiosError'),
  'an AggregateError of happy eyeballs': () => Object.assign(new AggregateError([refused(), refused()]), { code: 'ECONNREFUSED' }),
  'an AggregateError of AggregateErrors': () => new AggregateError([new AggregateError([refused()]), refused()]),
  'a frozen error': () => Object.freeze(refused())
}

/** Errors that look like those, and are a bug, an answer, or somebody else's affair. */
export const available: Readonly<Record<string, Make>> = {
  'a bug': bug,
  'a code made by hand': () => error('refused', { code: 'ECONNREFUSED' }),
  'a timeout of a child process': () => error('spawnSync sleep ETIMEDOUT', { code: 'ETIMEDOUT', syscall: 'spawnSync sleep' }),
  'a file that does not exist': () => error('ENOENT: no such file', { code: 'ENOENT', syscall: 'open' }),
  'a port of our own that is taken': () => error('listen EADDRINUSE', { code: 'EADDRINUSE', syscall: 'listen' }),
  'a host name that does not exist': () => new TypeError('fetch failed', { cause: error('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }) }),
  'an abort of our own': () => new DOMException('This operation was aborted', 'AbortError'),
  'a constraint that is broken': () => database('23505'),
  'bad SQL': () => database('42601'),
  'a database that does not exist': () => database('3D000'),
  'a row that is locked': () => database('55P03'),
  'a SQLSTATE that is none of PostgreSQL': () => error('…', { code: '53300' }),
  'a SQLSTATE that is a number': () => error('…', { severity: 'FATAL', code: 53300 }),
  'a constraint that is broken, of Prisma': () => prisma({ kind: 'UniqueConstraintViolation', originalCode: '23505' }),
  'a number of another database than PostgreSQL, of Prisma': () => prisma({ kind: 'mysql', originalCode: '2813' }),
  'a driver adapter of Prisma that tells nothing': () => prisma(null as never),
  'a kind that is none of a driver adapter': () => prisma({ kind: 'ConnectionClosed' }, 'Error'),
  'meta that is nothing': () => error('…', { meta: null }),
  'a wrong command of Redis': () => error("ERR unknown command 'nope'", { name: 'ReplyError' }),
  'a reply that only talks of another': () => error('WRONGTYPE not OOM', { name: 'ReplyError' }),
  'a message with more before it': () => error('Failed: Connection terminated unexpectedly'),
  'a message of an error with a code': () => error('Connection terminated unexpectedly', { code: 'EBUG' }),
  'a message of an error with a class': () => error('Connection is closed.', {}, 'Bug'),
  'a message of an error with a name': () => error('Connection is closed.', { name: 'Bug' }),
  'an answer of another server': () => error('Service Unavailable', { status: 503, statusCode: 503, response: { status: 503 } }),
  'an AggregateError with a bug in it': () => new AggregateError([refused(), bug()]),
  'an AggregateError of nothing': () => new AggregateError([]),
  'errors that are no list': () => error('…', { errors: { length: 1, 0: refused(), every: () => true } }),
  'a cause that is no error': () => new Error('…', { cause: { code: 'ECONNREFUSED', syscall: 'connect' } }),
  'a cause that is itself': () => { const loop = bug(); loop.cause = loop; return loop },
  'an AggregateError that holds itself': () => { const loop = new AggregateError([]); loop.errors.push(loop, loop); return loop },
  'a cause below fifty others': () => Array.from({ length: 50 }).reduce<Error>(cause => new Error('…', { cause }), refused()),
  'an error without a class': () => error('…', { constructor: undefined }),
  'no error': () => ({ code: 'ECONNREFUSED', syscall: 'connect' }),
  nothing: () => undefined
}
