import type { Test } from 'tap'
import { freePort, isListening, start, temporaryFolder } from './program.ts'

/** Starts Redis with more of its options, and returns its port. */
export async function startRedis (t: Test, ...options: string[]): Promise<number> {
  const port = await freePort()
  const command = ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--dir', await temporaryFolder(t), '--save', '', ...options]
  await start(t, command, async () => await isListening(port))
  return port
}
