import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

// Debian keeps servers where only root's PATH looks
const path = `${process.env['PATH']}:/usr/local/sbin:/usr/sbin`

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

/** What a program has written so far. */
export interface Output {
  out: string
  err: string
}

export interface Program {
  output: Output
  /** Ends it and all that it started, and waits until its last line is read. */
  stop: () => Promise<void>
}

/** Starts a program, waits until it is ready, and stops it after the test. */
export async function start (t: Test, command: string[], isReady: (output: Output) => boolean | Promise<boolean>, variables: Record<string, string> = {}): Promise<Program> {
  // `env -i` keeps tap's instruments out of it, and is replaced by it: its pid is its own
  const assignments = Object.entries({ PATH: path, ...variables }).map(([name, value]) => `${name}=${value}`)
  const child = spawn('env', ['-i', ...assignments, ...command], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', text => { output.out += text })
  child.stderr.setEncoding('utf8').on('data', text => { output.err += text })

  let hasEnded = false
  const ended = once(child, 'close').then(() => { hasEnded = true })
  const stop = async (): Promise<void> => {
    const deadline = setTimeout(() => child.kill('SIGKILL'), 5000)
    child.kill('SIGTERM')
    await ended
    clearTimeout(deadline)
  }
  t.teardown(stop)

  const deadline = Date.now() + 20_000
  while (!await isReady(output)) {
    if (hasEnded || Date.now() > deadline) throw new Error(`${command[0]} did not start: ${output.err}`)
    await sleep(20)
  }
  return { output, stop }
}

/** A temporary folder that is gone after the test. */
export async function temporaryFolder (t: Test): Promise<string> {
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
