import { setTimeout as sleep } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { getPrismaClient, type GetPrismaClientConfig } from '@prisma/client/runtime/client'
import type pg from 'pg'
import t from 'tap'
import { patience } from '../patience.ts'
import { closed, startHangingUp, startResetting, startStalled } from './failing.ts'
import { startPostgresql } from './postgresql.ts'
import { needs } from './program.ts'
import { prove, refute } from './trials.ts'

/** What `prisma generate` writes, whose engine has to be downloaded: the schema, its models, and the compiler of queries. */
const generated: GetPrismaClientConfig = {
  previewFeatures: [],
  clientVersion: '7.10.0',
  engineVersion: '',
  activeProvider: 'postgresql',
  inlineSchema: `
    datasource db {
      provider = "postgresql"
    }
    model thing {
      name String @id
    }
  `,
  runtimeDataModel: { models: { thing: { dbName: null, fields: [{ name: 'name', kind: 'scalar', type: 'String' }] } }, enums: {}, types: {} } as never,
  parameterizationSchema: { strings: [], graph: 'AAAA' },
  compilerWasm: {
    getRuntime: async () => await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs' as string),
    getQueryCompilerWasmModule: async () => {
      const { wasm } = await import('@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs' as string)
      return new (globalThis as any).WebAssembly.Module(Buffer.from(wasm, 'base64'))
    },
    importName: './query_compiler_fast_bg.js'
  }
}
const PrismaClient = getPrismaClient(generated)
type Client = InstanceType<typeof PrismaClient>

t.test('Prisma', needs('postgres'), async t => {
  const { port } = await startPostgresql(t)
  const [stalled, hangingUp, resetting] = [await startStalled(t), await startHangingUp(t), await startResetting(t)]
  const there = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }

  const connected = async (config: pg.PoolConfig, use: (client: Client) => Promise<unknown>) => {
    const client = new PrismaClient({ adapter: new PrismaPg({ ...there, ...config }), errorFormat: 'minimal' })
    try {
      return await use(client)
    } finally {
      await client.$disconnect()
    }
  }
  const query = async (config: pg.PoolConfig, text = 'select 1') => await connected(config, async client => await client.$queryRawUnsafe(text))
  const find = async (config: pg.PoolConfig) => await connected(config, async (client: any) => await client.thing.findMany())
  const working = 'select pg_sleep(5)::text'

  await prove(t, ['@prisma/client'], {
    'kind DatabaseNotReachable': {
      'a closed port': async () => await find({ port: closed }),
      'a closed port, of raw SQL': async () => await query({ port: closed })
    },
    'kind ConnectionClosed': {
      'a server that resets the connection': async () => await find({ port: resetting }),
      'a server that resets the connection, of raw SQL': async () => await query({ port: resetting })
    },
    'SQLSTATE 28': { 'a login that is refused': async () => await find({ user: 'nobody' }) },
    'SQLSTATE 53': {
      'too many connections': async () => await connected({ max: 20, port: (await startPostgresql(t, { max_connections: '10' })).port }, async client => {
        await Promise.all(Array.from({ length: 20 }, async () => await client.$queryRawUnsafe('select pg_sleep(0.3)::text')))
      })
    },
    'SQLSTATE 57P0': {
      'a backend that is terminated while it works': async () => await connected({}, async client => {
        const lost = client.$queryRawUnsafe(working)
        lost.catch(() => {})
        // None is there before it works
        while ((await query({}, "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(5)%' and pid <> pg_backend_pid()") as []).length === 0) await sleep(20)
        await lost
      })
    },
    'SQLSTATE 57014': { 'a statement that takes too long': async () => await query({ statement_timeout: 100 }, working) },
    'message Connection terminated due to connection timeout': { 'a server that says nothing': async () => await find({ port: stalled, connectionTimeoutMillis: 300 }) },
    'message Connection terminated unexpectedly': { 'a server that hangs up': async () => await find({ port: hangingUp }) },
    'message Query read timeout': { 'a query that takes too long': async () => await query({ query_timeout: 100 }, working) },
    'message timeout exceeded when trying to connect': {
      'a pool that is used up': async () => {
        const connectionTimeoutMillis = await patience(300, async () => await query({}))
        await connected({ max: 1, connectionTimeoutMillis }, async client => {
          const held = client.$queryRawUnsafe(`select pg_sleep(${2 * connectionTimeoutMillis / 1000})::text`)
          await Promise.all([held, client.$queryRawUnsafe('select 1')]).finally(async () => await held)
        })
      }
    }
  })

  await query({}, 'create table thing (name text primary key)')
  await refute(t, {
    'bad SQL': async () => await query({}, 'selec 1'),
    'a unique value that is taken': async () => await connected({}, async (client: any) => {
      await client.thing.create({ data: { name: 'a' } })
      await client.thing.create({ data: { name: 'a' } })
    }),
    'a table that does not exist': async () => await query({}, 'select * from nothing'),
    'a database that does not exist': async () => await find({ database: 'nothing' }),
    'a field that does not exist': async () => await connected({}, async (client: any) => await client.thing.findMany({ where: { size: 1 } }))
  })
})
