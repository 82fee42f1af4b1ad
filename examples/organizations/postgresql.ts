import { PostgresDialect, type PostgresPool } from 'kysely'
import pg from 'pg'

/** How long a request waits for a connection, and then for what a statement answers, in milliseconds. */
const patience = { connectionTimeoutMillis: 2000, query_timeout: 2000 }

/**
 * PostgreSQL by its URL. A request that finds it away or stalled fails within four seconds; once it is back, the next
 * one makes a new connection.
 */
export function postgresql (connectionString: string): PostgresDialect {
  // The server itself ends what it works on in vain, just before nobody waits for it any more
  const pool = new pg.Pool({ connectionString, ...patience, statement_timeout: 1500, idle_in_transaction_session_timeout: 5000 })
  // A connection is lost while nobody uses it: the pool has dropped it, and without a listener the process would end
  pool.on('error', () => {})
  // It may be lost in the moment between the pool's listening and its user's, too
  pool.on('connect', client => client.on('error', () => {}))
  return new PostgresDialect({ pool: discarding(pool) })
}

/** A connection that has failed otherwise than by an answer of the database is not used again: it may never answer. */
function discarding (pool: pg.Pool): PostgresPool {
  return {
    async connect () {
      const client = await pool.connect()
      let failure: Error | undefined
      const fail = (error: Error) => { failure = error }
      // While it is in use the pool doesn't listen
      client.on('error', fail)
      return {
        // Kysely asks for cursors by the same name; the example has none
        query (text: any, values?: any): any {
          return client.query(text, values).catch((error: Error) => {
            if (!(error instanceof pg.DatabaseError)) fail(error)
            throw error
          })
        },
        release () {
          client.off('error', fail)
          client.release(failure)
        }
      }
    },
    async end () { await pool.end() }
  }
}
