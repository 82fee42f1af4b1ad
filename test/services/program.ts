import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

// Debian keeps servers where only root's PATH looks, and PostgreSQL where nobody's does
const postgresql = '/usr/lib/postgresql'
const versions = existsSync(postgresql) ? readdirSync(postgresql).sort() : []
const path = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin', ...versions.map(version => join(postgresql, version, 'bin'))].join(':')

/** The options of a test that needs programs: where one isn't installed it is skipped, but in CI it runs and fails. */
export function needs (...programs: string[]): { skip?: string } {
  const missing = programs.filter(program => !path.split(':').some(folder => isExecutable(join(folder, program))))
  return missing.length === 0 || process.env['CI'] === 'true' ? {} : { skip: `not installed: ${missing.join(', ')}` }
}

function isExecutable (file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Who ends what was started: a test of tap's, or a run of its own. */
export interface Owner {
  teardown (close: () => unknown): void
}

/** What a program has written so far. */
export interface Output {
  out: string
  err: string
}

export interface Program {
  output: Output
  pid: number
  /** Ends it and all that it started, by SIGTERM or another signal, and waits until its last line is read. */
  stop: (signal?: NodeJS.Signals) => Promise<void>
}

/** How long a program may take to start, or to end, before it counts as hung, in milliseconds. */
const hung = 60_000

/** Starts a program, waits until it is ready, and stops it after the test. */
export async function start (t: Owner, command: string[], isReady: (output: Output) => boolean | Promise<boolean>, variables: Record<string, string> = {}): Promise<Program> {
  const [env, ...words] = inCleanEnvironment(command, variables)
  const child = spawn(env, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', text => { output.out += text })
  child.stderr.setEncoding('utf8').on('data', text => { output.err += text })

  let hasEnded = false
  const ended = once(child, 'close').then(() => { hasEnded = true })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const deadline = setTimeout(() => child.kill('SIGKILL'), hung)
    child.kill(signal)
    await ended
    clearTimeout(deadline)
  }
  t.teardown(() => stop())

  const deadline = Date.now() + hung
  while (!await isReady(output)) {
    if (hasEnded || Date.now() > deadline) throw new Error(`${command[0]} did not start: ${output.err}`)
    await sleep(20)
  }
  return { output, pid: child.pid!, stop }
}

/** Runs a program to its end, and returns what it has written. */
export async function run (command: string[], variables: Record<string, string> = {}): Promise<string> {
  const [env, ...words] = inCleanEnvironment(command, variables)
  const { stdout } = await promisify(execFile)(env, words)
  return stdout
}

/** `env -i` keeps tap's instruments out of a program, and is replaced by it: its pid is its own. */
function inCleanEnvironment (command: string[], variables: Record<string, string>): [string, ...string[]] {
  const assignments = Object.entries({ PATH: path, ...variables }).map(([name, value]) => `${name}=${value}`)
  return ['env', '-i', ...assignments, ...command]
}

/** A temporary folder that is gone after the test. */
export async function temporaryFolder (t: Owner): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pt-status-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A port of loopback that nobody listens on. */
export async function freePort (): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await once(server.close(), 'close')
  return port
}

/** Whether somebody listens on a port of loopback. */
export async function isListening (port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
