import { rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Need } from './client.ts'
import type { World } from './world.ts'

/** What can happen to the example or to what it needs. */
export interface Fault {
  title: string
  /** What must be answered by 503 while it lasts. */
  takesAway: readonly Need[]
  /** What may be answered by 503 while it lasts, and some of which must be. */
  mayTakeAway?: readonly Need[]
  /** Nobody answers while it lasts. */
  isSilent?: boolean
  /** How long it lasts at least, in milliseconds. */
  lasts: number
  /** Why it can't be tried here, if so. */
  impossible?: (world: World) => string | undefined
  /** Returns how to end it, and resolves when it has begun. */
  begin: (world: World) => Promise<() => Promise<void>>
}

const database = ['reading', 'writing'] as const

export const faults: readonly Fault[] = [
  {
    title: 'PostgreSQL is killed (SIGKILL)',
    takesAway: database,
    lasts: 1500,
    async begin ({ database }) {
      database.signal('SIGKILL')
      await database.stop()
      return database.restart
    }
  },
  {
    title: 'PostgreSQL is restarted',
    takesAway: database,
    lasts: 500,
    async begin ({ database }) {
      await database.stop()
      return database.restart
    }
  },
  {
    title: 'PostgreSQL stalls (SIGSTOP)',
    takesAway: database,
    // Longer than the example waits
    lasts: 5500,
    async begin ({ database }) {
      database.signal('SIGSTOP')
      return async () => { database.signal('SIGCONT') }
    }
  },
  {
    title: 'its connections are used up',
    // A connection that the example's pool has kept goes on answering
    takesAway: [],
    mayTakeAway: database,
    lasts: 1500,
    async begin (world) {
      const greedy = await useUp(world)
      return async () => { await Promise.all(greedy.map(async client => await client.end())) }
    }
  },
  {
    title: 'it is made read-only',
    takesAway: ['writing'],
    lasts: 1500,
    async begin ({ query }) {
      const set = async (value: string) => {
        await query(`alter system set default_transaction_read_only = ${value}`)
        await query('select pg_reload_conf()')
        // The processes read it between two statements
        await sleep(100)
      }
      await set('on')
      return async () => await set('off')
    }
  },
  {
    title: 'its disk is full',
    takesAway: [],
    // What fits on a page that it has is still written
    mayTakeAway: ['writing'],
    lasts: 2000,
    impossible: ({ smallDisk }) => smallDisk === undefined ? 'no file system can be mounted' : undefined,
    async begin ({ smallDisk, query }) {
      const file = `${smallDisk}/ballast`
      // Else it writes for long where rows have been deleted
      await query('vacuum full')
      try {
        while (true) await writeFile(file, Buffer.alloc(2 ** 20), { flag: 'a' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
      return async () => await rm(file)
    }
  },
  {
    title: 'the example is killed (SIGKILL)',
    takesAway: [],
    isSilent: true,
    lasts: 300,
    async begin (world) {
      await world.example.stop('SIGKILL')
      return world.restartExample
    }
  }
]

/** Takes all connections, those of others by force. */
async function useUp ({ connect }: World): Promise<pg.Client[]> {
  const first = await connect()
  const greedy = [first]
  const others = async () => (await first.query("select pid from pg_stat_activity where backend_type = 'client backend' and not application_name = 'greedy'")).rows
  await first.query("set application_name = 'greedy'")
  const deadline = Date.now() + 10_000
  while (true) {
    try {
      const client = await connect()
      greedy.push(client)
      await client.query("set application_name = 'greedy'")
    } catch (error) {
      if ((error as { code?: string }).code !== '53300') throw error
      const left = await others()
      if (left.length === 0) return greedy
      if (Date.now() > deadline) throw new Error('Cannot use up the connections: others keep theirs', { cause: error })
      await first.query(`select pg_terminate_backend(${left[0].pid})`)
    }
  }
}
