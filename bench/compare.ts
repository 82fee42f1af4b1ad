import autocannon from 'autocannon'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'

/** One way to give an answer. */
export interface Contestant {
  /** The server, not listening yet. */
  app: (options: FastifyServerOptions) => FastifyInstance | Promise<FastifyInstance>
  request?: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE', path?: string, headers?: Record<string, string>, body?: string }
  /** The status that each answer must have, or the round doesn't count. */
  status: number
}

/** What is to be reached: a contestant's cost beside another's. */
export interface Goal {
  of: string
  beside: string
  atMost: number
}

/** What a contestant costs: medians of all rounds. */
export interface Result {
  contestant: string
  /** CPU time of the server's process for each request, in microseconds; of a start, its time in milliseconds. */
  cpu: number
  /** `cpu` beside that of the first contestant. */
  ratio: number
  /** Requests a second; 0 where nothing was asked. */
  throughput: number
  /** Of a start: the heap that it takes, in MB. */
  heap?: number
}

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
const seconds = Number(process.env['BENCH_SECONDS'] ?? 3)
/** The JIT's own work counts as the server's until it is done: more code needs longer. */
const warmUp = Number(process.env['BENCH_WARM_UP'] ?? 3)

/**
 * Compares what contestants cost their servers. Each round gives each a fresh process, since one process's luck with
 * the JIT is worth a fifth, and turns the order; the load comes from this process.
 *
 * @param file the bench file, which exports the `contestants`
 */
export async function compare (file: string, contestants: Readonly<Record<string, Contestant>>): Promise<Result[]> {
  const names = Object.keys(contestants)
  const samples = new Map(names.map(name => [name, [] as Array<{ cpu: number, throughput: number }>]))
  for (let round = 0; round < rounds; round++) {
    const turned = [...names.slice(round % names.length), ...names.slice(0, round % names.length)]
    for (const name of turned) samples.get(name)!.push(await measure(file, name, contestants[name]!))
  }
  const medians = names.map(name => ({
    contestant: name,
    cpu: median(samples.get(name)!.map(({ cpu }) => cpu)),
    throughput: median(samples.get(name)!.map(({ throughput }) => throughput))
  }))
  return medians.map(result => ({ ...result, ratio: result.cpu / medians[0]!.cpu }))
}

async function measure (file: string, name: string, { request, status }: Contestant): Promise<{ cpu: number, throughput: number }> {
  const server = fork(fileURLToPath(new URL('server.js', import.meta.url)), [file, name])
  try {
    const url = await messageOf<string>(server)
    const load = async (duration: number) => await autocannon({ url, connections: 20, pipelining: 4, duration, requests: [request ?? {}] })
    await load(warmUp)
    const before = await cpuOf(server)
    const { statusCodeStats = {}, requests: { total }, duration, errors } = await load(seconds)
    const cpu = await cpuOf(server) - before
    if (errors > 0 || Object.keys(statusCodeStats).join() !== String(status)) {
      throw new Error(`Cannot measure ${name}: ${errors} errors, statuses ${JSON.stringify(statusCodeStats)}`)
    }
    return { cpu: cpu / total, throughput: total / duration }
  } finally {
    server.kill()
  }
}

async function cpuOf (server: ChildProcess): Promise<number> {
  server.send('cpu')
  const { user, system } = await messageOf<NodeJS.CpuUsage>(server)
  return user + system
}

async function messageOf<T> (server: ChildProcess): Promise<T> {
  const [message] = await Promise.race([
    once(server, 'message'),
    once(server, 'exit').then(([code]) => { throw new Error(`The server ended with ${code as number}`) })
  ]) as [T]
  return message
}

export function median (values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}
