import knex, { type Knex } from 'knex'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { patience } from '../patience.ts'
import { closed, startHangingUp, startResetting, startStalled } from './failing.ts'
import { startPostgresql } from './postgresql.ts'
import { needs } from './program.ts'
import { prove, refute } from './trials.ts'

t.test('PostgreSQL', needs('postgres'), async t => {
  const { port } = await startPostgresql(t)
  const [stalled, hangingUp, resetting] = [await startStalled(t), await startHangingUp(t), await startResetting(t)]
  const there = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }

  const connected = async (config: pg.ClientConfig, use: (client: pg.Client) => unknown) => {
    const client = new pg.Client({ ...there, ...config })
    client.on('error', () => {})
    try {
      await client.connect()
      await use(client)
    } finally {
      await client.end()
    }
  }
  const query = async (text: string, config: pg.ClientConfig = {}) => await connected(config, async client => await client.query(text))
  const pooled = async (config: pg.PoolConfig, use: (pool: pg.Pool) => unknown) => {
    const pool = new pg.Pool({ ...there, ...config })
    pool.on('error', () => {})
    try {
      await use(pool)
    } finally {
      if (!pool.ended) await pool.end()
    }
  }
  const usedUp = async (pool: pg.Pool, use: () => Promise<unknown>) => {
    const client = await pool.connect()
    pool.options.connectionTimeoutMillis = 100
    try {
      await use()
    } finally {
      client.release()
    }
  }
  const pidOf = async (client: pg.Client): Promise<number> => (await client.query('select pg_backend_pid() as pid')).rows[0].pid
  const terminate = async (pid: number) => await query(`select pg_terminate_backend(${pid})`)

  const kysely = async (config: pg.PoolConfig, text: string) => await pooled(config, async pool => {
    await sql.raw(text).execute(new Kysely({ dialect: new PostgresDialect({ pool }) }))
  })
  const quiet = { warn () {}, error () {}, deprecate () {}, debug () {} }
  const withKnex = async (port: number, use: (database: Knex) => Promise<unknown>, acquireConnectionTimeout = 60_000) => {
    const pool = { min: 0, max: 1, createTimeoutMillis: acquireConnectionTimeout + 300 }
    const database = knex({ client: 'pg', connection: { ...there, port }, pool, acquireConnectionTimeout, log: quiet })
    try {
      await use(database)
    } finally {
      await database.destroy()
    }
  }

  await prove(t, ['postgresql', 'pg', 'knex'], {
    'connect ECONNREFUSED': {
      'pg, a closed port': async () => await query('select 1', { port: closed }),
      'Kysely, a closed port': async () => await kysely({ port: closed }, 'select 1'),
      'Knex, a closed port': async () => await withKnex(closed, async database => await database.raw('select 1'))
    },
    'read ECONNRESET': { 'pg, a server that resets the connection': async () => await query('select 1', { port: resetting }) },
    'SQLSTATE 08': {
      'a closed port behind dblink': async () => await query("create extension if not exists dblink; select dblink_connect('host=127.0.0.1 port=4')")
    },
    'SQLSTATE 25006': {
      'a write to a database that is made read-only': async () => {
        await query('create database closed')
        await query('alter database closed set default_transaction_read_only = on')
        await query('create table thing (name text)', { database: 'closed' })
      }
    },
    'SQLSTATE 28': { 'a login that is refused': async () => await query('select 1', { user: 'nobody' }) },
    'SQLSTATE 53': {
      'too many connections': async () => {
        const { port } = await startPostgresql(t, { max_connections: '10' })
        const clients: pg.Client[] = []
        try {
          for (let count = 0; count <= 10; count++) {
            const client = new pg.Client({ ...there, port })
            await client.connect()
            clients.push(client)
          }
        } finally {
          await Promise.all(clients.map(async client => await client.end()))
        }
      }
    },
    'SQLSTATE 57P0': {
      'a backend that is terminated while it works': async () => await connected({}, async client => {
        const pid = await pidOf(client)
        const working = client.query('select pg_sleep(5)')
        await Promise.all([working, terminate(pid)])
      }),
      'a server that shuts down': async () => {
        const server = await startPostgresql(t)
        await connected({ port: server.port }, async client => {
          server.stop('SIGTERM')
          for (;;) await query('select 1', { port: server.port })
        })
      }
    },
    'SQLSTATE 57014': { 'a statement that takes too long': async () => await query('select pg_sleep(5)', { statement_timeout: 100 }) },
    'message timeout expired': {
      'a server that says nothing': async () => await query('select 1', { port: stalled, connectionTimeoutMillis: 100 })
    },
    'message Connection terminated due to connection timeout': {
      'a server that says nothing to a pool': async () => await pooled({ port: stalled, connectionTimeoutMillis: 100 }, async pool => await pool.query('select 1')),
      'a server that says nothing to Kysely': async () => await kysely({ port: stalled, connectionTimeoutMillis: 100 }, 'select 1')
    },
    'message timeout exceeded when trying to connect': {
      'a pool that is used up': async () => await pooled({ max: 1 }, async pool => await usedUp(pool, async () => await pool.query('select 1'))),
      "Kysely's pool that is used up": async () => await pooled({ max: 1 }, async pool =>
        await usedUp(pool, async () => await sql`select 1`.execute(new Kysely({ dialect: new PostgresDialect({ pool }) }))))
    },
    'message Connection terminated unexpectedly': {
      'a server that hangs up': async () => await query('select 1', { port: hangingUp }),
      'a server that is killed while it works': async () => {
        const server = await startPostgresql(t)
        await connected({ port: server.port }, async client => {
          const working = client.query('select pg_sleep(5)')
          setTimeout(() => server.signal('SIGKILL'), 100)
          await working
        })
      }
    },
    'message Client has encountered a connection error and is not queryable': {
      'a connection that was lost before': async () => await connected({}, async client => {
        const lost = new Promise(resolve => client.once('end', resolve))
        await terminate(await pidOf(client))
        await lost
        await client.query('select 1')
      })
    },
    'message Query read timeout': {
      'a server that is stopped while it works': async () => {
        const server = await startPostgresql(t)
        try {
          await connected({ port: server.port, query_timeout: 300 }, async client => {
            server.signal('SIGSTOP')
            await client.query('select 1').finally(() => server.signal('SIGCONT'))
          })
        } finally {
          server.signal('SIGCONT')
        }
      },
      'Kysely, a query that takes too long': async () => await kysely({ query_timeout: 100 }, 'select pg_sleep(1)')
    },
    KnexTimeoutError: {
      'a pool that is used up': async () => await withKnex(port, async database => {
        const transaction = await database.transaction()
        try {
          await database.raw('select 1')
        } finally {
          await transaction.rollback()
        }
      }, await patience(200, async () => await withKnex(port, async database => await database.raw('select 1')))),
      'a query that takes too long': async () => await withKnex(port, async database => await database.raw('select pg_sleep(1)').timeout(100)),
      'a server that says nothing': async () => await withKnex(stalled, async database => await database.raw('select 1'), 200)
    }
  })

  await query('create table thing (name text primary key, size integer check (size > 0))')
  await query("insert into thing values ('a', 1)")
  await refute(t, {
    'bad SQL': async () => await query('selec 1'),
    'bad SQL, of Kysely': async () => await kysely({}, 'selec 1'),
    'bad SQL, of Knex': async () => await withKnex(port, async database => await database.raw('selec 1')),
    'a table that does not exist': async () => await query('select * from nothing'),
    'a unique value that is taken': async () => await query("insert into thing values ('a', 1)"),
    'a check that fails': async () => await query("insert into thing values ('b', 0)"),
    'a division by zero': async () => await query('select 1 / 0'),
    'a database that does not exist': async () => await query('select 1', { database: 'nothing' }),
    'a row that is locked': async () => await connected({}, async client => {
      await client.query('begin; select * from thing for update')
      await query('select * from thing for update nowait')
    }),
    'a pool that we have closed': async () => await pooled({}, async pool => {
      await pool.end()
      await pool.query('select 1')
    })
  })
})
