import pg from 'pg'
import { audience, startIssuer } from '../examples/organizations/issuer.ts'
import type { Tokens } from '../examples/organizations/users.ts'
import { startPostgresql, type Postgresql } from '../test/services/postgresql.ts'
import { freePort, run, start, temporaryFolder, type Owner, type Program } from '../test/services/program.ts'
import type { Row } from './ledger.ts'

/** The example as `npm start` runs it, on a PostgreSQL of its own, and what can be done to them. */
export interface World {
  origin: string
  tokens: Tokens
  database: Postgresql
  example: Program
  /** Starts the example again, on the same port, once it has ended. */
  restartExample: () => Promise<void>
  query: (text: string) => Promise<any[]>
  connect: () => Promise<pg.Client>
  /** What the traffic has written. */
  rows: () => Promise<Row[]>
  /** Where the tables are: a file system of 64 MB, unless nobody may mount one here. */
  smallDisk: string | undefined
}

const settings = { max_connections: '20' }

/** Starts it; `variables` and `flags` are the example's. */
export async function startWorld (owner: Owner, variables: Record<string, string> = {}, flags: string[] = []): Promise<World> {
  const smallDisk = await mountSmallDisk(owner)
  const database = await startPostgresql(owner, settings)
  const issuer = await startIssuer()
  owner.teardown(issuer.close)
  const connect = async () => {
    const client = new pg.Client({ connectionString: database.url, connectionTimeoutMillis: 5000 })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const using = async <T>(use: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = await connect()
    try {
      return await use(client)
    } finally {
      await client.end()
    }
  }
  const query = async (text: string) => await using(async client => (await client.query(text)).rows)
  if (smallDisk !== undefined) {
    await query(`create tablespace small location '${smallDisk}'`)
    await query('alter database postgres set default_tablespace = small')
  }

  const port = await freePort()
  const startExample = async () => await start(owner, [process.execPath, ...flags, 'dist/examples/organizations/server.js'],
    ({ out }) => out.includes('Ctrl-C'),
    { PORT: String(port), LOG_LEVEL: 'fatal', DATABASE_URL: database.url, OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: audience, ...variables })
  const world: World = {
    origin: `http://127.0.0.1:${port}`,
    tokens: issuer.tokens,
    database,
    example: await startExample(),
    async restartExample () { world.example = await startExample() },
    query,
    connect,
    rows: async () => await using(rowsIn),
    smallDisk
  }
  return world
}

/** What the traffic has written. */
export async function rowsIn (client: pg.Client): Promise<Row[]> {
  const { rows } = await client.query(`
    select organization.id, business_id as "businessId", organization.name, address, version, count(manager.id)::int as managers
    from organization left join manager on organization_id = organization.id
    where organization.name like 'Kaaos %' group by organization.id`)
  return rows
}

async function mountSmallDisk (owner: Owner): Promise<string | undefined> {
  const folder = await temporaryFolder(owner)
  try {
    await run(['mount', '-t', 'tmpfs', '-o', 'size=64m,uid=postgres,mode=700', 'tmpfs', folder])
  } catch {
    return undefined
  }
  owner.teardown(async () => await run(['umount', folder]))
  return folder
}
