import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

const last = cpus().length - 1

/** Keeps this process, which makes the load, off the server's core. Returns whether it can: it takes Linux's taskset, and two cores. */
export function pinLoad (): boolean {
  return last > 0 && pin(process.pid, `1-${last}`)
}

/** Keeps a server on a core of its own, if it can. Where it and its load move about, it costs a third more in one process than in the next. */
export function pinServer (pid: number): void {
  if (last > 0) pin(pid, '0')
}

function pin (pid: number, cores: string): boolean {
  try {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
