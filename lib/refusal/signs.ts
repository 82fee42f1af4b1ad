/** How the errors of a package tell that what it talks to can't be reached, takes nobody in or doesn't answer in time. */
interface Facts {
  package: string
  source: string
  /**
   * The signs, each in one of these forms:
   *
   * - `connect ECONNREFUSED`: `syscall` and `code` of a system error; `ECONNRESET`: `code` of an error without `syscall`
   * - `MongoNetworkError`: `name`, or name of the class
   * - `SQLSTATE 57P0`: how `code` begins, of an error with PostgreSQL's `severity`: a class, a part of it, or all five characters
   * - `kind ConnectionClosed`: what a driver adapter of Prisma calls it
   * - `reply LOADING`: the kind of a Redis error reply, which is its first word by the protocol
   * - `message timeout expired`: the whole message of an error that has nothing else, neither code nor name
   */
  signs: readonly string[]
}

/** The facts; the service tests prove each sign by the package itself. docs/unavailable.md says what is left out, and why. */
export const facts: readonly Facts[] = [
  {
    package: 'node',
    source: 'https://nodejs.org/docs/latest-v20.x/api/errors.html#nodejs-error-codes',
    signs: [
      'connect ECONNREFUSED', 'connect ETIMEDOUT', 'connect EHOSTUNREACH', 'connect ENETUNREACH',
      // It stops listening before it takes the connection
      'connect ECONNRESET',
      // There is no such Unix socket
      'connect ENOENT',
      'read ECONNRESET', 'read ETIMEDOUT', 'write ECONNRESET', 'write EPIPE',
      // `socket hang up` of node:http
      'ECONNRESET',
      // The name server doesn't answer; that there is no such name (ENOTFOUND) is an answer
      'getaddrinfo EAI_AGAIN', 'queryA ECONNREFUSED', 'queryA ETIMEOUT', 'querySrv ECONNREFUSED', 'querySrv ETIMEOUT'
    ]
  },
  {
    // AbortSignal.timeout; many packages call theirs the same
    package: 'dom',
    source: 'https://webidl.spec.whatwg.org/#timeouterror',
    signs: ['TimeoutError']
  },
  {
    package: 'undici',
    source: 'https://undici.nodejs.org/#/docs/api/Errors',
    signs: ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_SOCKET']
  },
  { package: 'axios', source: 'https://axios-http.com/docs/handling_errors', signs: ['ECONNABORTED'] },
  { package: 'stripe', source: 'https://docs.stripe.com/error-low-level#connection-errors', signs: ['StripeConnectionError'] },
  {
    package: '@elastic/elasticsearch',
    source: 'https://www.elastic.co/docs/reference/elasticsearch/clients/javascript/connecting',
    signs: ['ConnectionError']
  },
  {
    package: 'postgresql',
    source: 'https://www.postgresql.org/docs/15/errcodes-appendix.html',
    // Connections; no writes, for now; logins; resources; shutdown; the time that a statement may take
    signs: ['SQLSTATE 08', 'SQLSTATE 25006', 'SQLSTATE 28', 'SQLSTATE 53', 'SQLSTATE 57P0', 'SQLSTATE 57014']
  },
  {
    // Kysely passes these on as they are
    package: 'pg',
    source: 'https://github.com/brianc/node-postgres/blob/master/packages/pg/lib/client.js',
    signs: [
      'message timeout expired',
      'message timeout exceeded when trying to connect',
      'message Connection terminated due to connection timeout',
      'message Connection terminated unexpectedly',
      'message Client has encountered a connection error and is not queryable',
      'message Query read timeout'
    ]
  },
  {
    package: 'mysql2',
    source: 'https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference',
    signs: [
      'PROTOCOL_CONNECTION_LOST', 'query PROTOCOL_SEQUENCE_TIMEOUT',
      'ER_CON_COUNT_ERROR', 'ER_ACCESS_DENIED_ERROR',
      "message Can't add new command when connection is in closed state",
      'message No connections available.',
      'message Queue limit reached.'
    ]
  },
  {
    // What PostgreSQL itself says, it passes on with its SQLSTATE
    package: '@prisma/client',
    source: 'https://www.prisma.io/docs/orm/reference/error-reference',
    signs: ['kind DatabaseNotReachable', 'kind ConnectionClosed']
  },
  { package: 'knex', source: 'https://knexjs.org/guide/query-builder.html#timeout', signs: ['KnexTimeoutError'] },
  {
    package: 'redis-server',
    source: 'https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors',
    signs: ['reply NOAUTH', 'reply WRONGPASS', 'reply BUSY', 'reply MASTERDOWN', 'reply CLUSTERDOWN', 'reply OOM']
  },
  {
    package: 'ioredis',
    source: 'https://github.com/redis/ioredis#auto-reconnect',
    signs: [
      'MaxRetriesPerRequestError',
      'message Connection is closed.',
      'message Command timed out',
      "message Stream isn't writeable and enableOfflineQueue options is false"
    ]
  },
  {
    package: 'redis',
    source: 'https://github.com/redis/node-redis/blob/master/packages/client/lib/errors.ts',
    signs: ['ClientClosedError', 'ClientOfflineError', 'ConnectionTimeoutError', 'SocketClosedUnexpectedlyError', 'SocketTimeoutError']
  },
  {
    package: 'mongodb',
    source: 'https://www.mongodb.com/docs/drivers/node/current/connect/connection-troubleshooting/',
    signs: ['MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoServerSelectionError']
  },
  { package: '@libsql/client', source: 'https://sqlite.org/rescode.html#busy', signs: ['HRANA_WEBSOCKET_ERROR', 'SQLITE_BUSY'] },
  { package: 'opossum', source: 'https://nodeshift.dev/opossum/', signs: ['EOPENBREAKER', 'ESEMLOCKED', 'ETIMEDOUT'] }
]
