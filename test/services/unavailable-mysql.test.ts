import knex from 'knex'
import mysql, { type Connection, type ConnectionOptions, type PoolOptions } from 'mysql2/promise'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { closed, startStalled } from './failing.ts'
import { startMariadb } from './mariadb.ts'
import { needs } from './program.ts'
import { prove, refute } from './trials.ts'

t.test('MySQL, by mysql2 and MariaDB', needs('mariadbd'), async t => {
  const port = await startMariadb(t, '--max-connections=10')
  const stalled = await startStalled(t)
  const there = { host: '127.0.0.1', port, user: 'root' }

  const connected = async (options: ConnectionOptions, use: (connection: Connection) => Promise<unknown>) => {
    const connection = await mysql.createConnection({ ...there, connectTimeout: 60_000, ...options })
    connection.on('error', () => {})
    try {
      await use(connection)
    } finally {
      connection.destroy()
    }
  }
  const query = async (sql: string, options: ConnectionOptions = {}) => await connected(options, async connection => await connection.query(sql))
  const usedUp = async (options: PoolOptions) => {
    const pool = mysql.createPool({ ...there, connectionLimit: 1, ...options })
    const connection = await pool.getConnection()
    const waiting = pool.getConnection().then(second => second.release())
    try {
      const third = await Promise.all([waiting, pool.getConnection()])
      third[1].release()
    } finally {
      connection.release()
      await waiting.catch(() => {})
      await pool.end()
    }
  }

  await prove(t, ['mysql2'], {
    'connect ECONNREFUSED': { 'a closed port': async () => await query('select 1', { port: closed }) },
    'connect ETIMEDOUT': { 'a server that says nothing': async () => await query('select 1', { port: stalled, connectTimeout: 200 }) },
    PROTOCOL_CONNECTION_LOST: {
      'a connection that is killed while it works': async () => await connected({}, async connection => {
        const working = connection.query('select sleep(5)')
        await Promise.all([working, sleep(100).then(async () => await query(`kill ${connection.threadId}`))])
      })
    },
    "message Can't add new command when connection is in closed state": {
      'a connection that was killed before': async () => await connected({}, async connection => {
        const lost = new Promise(resolve => { connection.on('error', resolve) })
        await query(`kill ${connection.threadId}`)
        await lost
        await connection.query('select 1')
      })
    },
    'query PROTOCOL_SEQUENCE_TIMEOUT': {
      'a query that takes too long': async () => await connected({}, async connection => await connection.query({ sql: 'select sleep(5)', timeout: 100 }))
    },
    ER_CON_COUNT_ERROR: {
      'too many connections': async () => {
        const connections: Connection[] = []
        try {
          for (let count = 0; count <= 20; count++) connections.push(await mysql.createConnection(there))
        } finally {
          for (const connection of connections) connection.destroy()
          // It counts them until it has heard of that
          while (!await query('select 1').then(() => true, () => false)) await sleep(20)
        }
      }
    },
    ER_ACCESS_DENIED_ERROR: { 'a login that is refused': async () => await query('select 1', { user: 'nobody', password: 'a' }) },
    'message No connections available.': { 'a pool that is used up': async () => await usedUp({ waitForConnections: false }) },
    'message Queue limit reached.': { 'a pool that is used up, and its queue': async () => await usedUp({ queueLimit: 1 }) },
    KnexTimeoutError: {
      'Knex, a server that says nothing': async () => {
        const quiet = { warn () {}, error () {} }
        const database = knex({ client: 'mysql2', connection: { ...there, port: stalled, connectTimeout: 500 }, acquireConnectionTimeout: 200, log: quiet })
        try {
          await database.raw('select 1')
        } finally {
          await database.destroy()
        }
      }
    }
  })

  await query('create database things')
  await query('create table things.thing (name varchar(9) primary key)')
  await query("insert into things.thing values ('a')")
  await refute(t, {
    'bad SQL': async () => await query('selec 1'),
    'a unique value that is taken': async () => await query("insert into things.thing values ('a')"),
    'a database that does not exist': async () => await query('select 1', { database: 'nothing' }),
    'a row that is locked': async () => await connected({}, async connection => {
      await connection.query('start transaction')
      await connection.query("update things.thing set name = 'b'")
      await query("set innodb_lock_wait_timeout = 1; update things.thing set name = 'c'", { multipleStatements: true })
    })
  })
})
