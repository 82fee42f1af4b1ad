import { readFileSync } from 'node:fs'
import { freePort, isListening, run, start, temporaryFolder, type Owner, type Program } from './program.ts'

/** A PostgreSQL of the test's own, whose user `postgres` needs no password. */
export interface Postgresql {
  port: number
  url: string
  /** Sends a signal to the server and all its processes: SIGKILL, SIGSTOP, SIGCONT. */
  signal: (signal: NodeJS.Signals) => void
  /** Ends it, whoever is connected; by SIGTERM it takes nobody in any more, but waits for those who are. */
  stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Starts it again with the same data, once it has ended. */
  restart: () => Promise<void>
}

// It refuses to run as root; setpriv is replaced by it
const asUser = process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : []

/** Starts PostgreSQL with settings of postgresql.conf. */
export async function startPostgresql (t: Owner, settings: Record<string, string> = {}): Promise<Postgresql> {
  const folder = await temporaryFolder(t)
  const port = await freePort()
  if (asUser.length > 0) await run(['chown', 'postgres', folder])
  await run([...asUser, 'initdb', '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync', `${folder}/data`])

  const options = Object.entries({ port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, ...settings })
    .map(([name, value]) => `--${name}=${value}`)
  let server: Program
  const signal = (name: NodeJS.Signals): void => {
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim().split(' ')
    for (const pid of [server.pid, ...children.map(Number)]) kill(pid, name)
  }
  const stop = async (signal: NodeJS.Signals = 'SIGINT'): Promise<void> => { await server.stop(signal) }
  const restart = async (): Promise<void> => {
    server = await start(t, [...asUser, 'postgres', '-D', `${folder}/data`, ...options], async () => await isReady(port))
    t.teardown(() => stop())
  }
  await restart()
  return { port, url: `postgres://postgres@127.0.0.1:${port}/postgres`, signal, stop, restart }
}

/** While it starts it listens, but takes nobody in. */
async function isReady (port: number): Promise<boolean> {
  if (!await isListening(port)) return false
  try {
    await run(['pg_isready', '--quiet', '--host=127.0.0.1', `--port=${port}`])
    return true
  } catch {
    return false
  }
}

/** Some may have ended since they were listed. */
function kill (pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
