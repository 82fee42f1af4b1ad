import type { Test } from 'tap'
import { freePort, isListening, run, start, temporaryFolder } from './program.ts'

/** Starts MariaDB, whose user `root` needs no password, and returns its port. */
export async function startMariadb (t: Test, ...options: string[]): Promise<number> {
  const folder = await temporaryFolder(t)
  const port = await freePort()
  const common = ['--no-defaults', `--datadir=${folder}`, ...process.getuid?.() === 0 ? ['--user=root'] : []]
  await run(['mariadb-install-db', ...common, '--auth-root-authentication-method=normal', '--skip-test-db'])
  const command = ['mariadbd', ...common, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${folder}/socket`, `--pid-file=${folder}/pid`, ...options]
  await start(t, command, async () => await isListening(port))
  return port
}
