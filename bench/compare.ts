import autocannon from 'autocannon'
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import { pinServer } from './cores.ts'

/** One way to give an answer. */
export interface Contestant {
  /** The server, not listening yet. */
  app: (options: FastifyServerOptions) => FastifyInstance | Promise<FastifyInstance>
  request?: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE', path?: string, headers?: Record<string, string>, body?: string }
  /** The status that each answer must have, or the round doesn't count. */
  status: number
}

/** What is to be reached: a contestant's ratio to another, or how much more of a figure it may have. */
export interface Goal {
  of: string
  beside: string
  atMost: number
  /** The figure whose difference counts, and not the ratio. */
  more?: string
}

/** What a contestant costs: medians of all rounds. */
export interface Result {
  contestant: string
  /** By what it is, with its unit. */
  figures: Readonly<Record<string, number>>
  /** What it costs beside another in the same round, by the other's name. */
  ratios: Readonly<Record<string, number>>
}

/** How often each contestant is measured. */
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5)
/** How often in a round each contestant has its turn, and how many requests it then gets. */
export const turns = Number(process.env['BENCH_TURNS'] ?? 5)
const perTurn = 20_000
/** The JIT's own work counts as the server's until it is done: more code needs longer. */
const toWarmUp = Number(process.env['BENCH_WARM_UP'] ?? 80_000)

/** What a contestant has cost in a round: microseconds in all and in the kernel, requests, and seconds. */
interface Cost {
  cpu: number
  kernel: number
  requests: number
  seconds: number
}

/**
 * Compares what contestants cost their servers. Each round gives each a fresh process, since one process's luck with
 * the JIT is worth a fifth, and turns the order. Within a round they take short turns: what else the machine does, which
 * is worth a third, meets all alike. The load comes from this process.
 *
 * @param file the bench file, which exports the `contestants`
 */
export async function compare (file: string, contestants: Readonly<Record<string, Contestant>>): Promise<Result[]> {
  const names = Object.keys(contestants)
  const costs: Array<ReadonlyMap<string, Cost>> = []
  for (let round = 0; round < rounds; round++) {
    const turned = [...names.slice(round % names.length), ...names.slice(0, round % names.length)]
    costs.push(await measure(file, turned, contestants))
  }
  return results(costs.map(round => new Map([...round].map(([name, { cpu, kernel, requests, seconds }]) =>
    [name, { 'CPU µs a request': cpu / requests, 'of it the kernel': kernel / requests, 'requests a second': requests / seconds }]))))
}

/** The medians of rounds, which have the figures of each contestant by its name; the first figure is what it costs. */
export function results (rounds: ReadonlyArray<ReadonlyMap<string, Record<string, number>>>): Result[] {
  const costOf = (figures: Record<string, number>) => Object.values(figures)[0]!
  const names = [...rounds[0]!.keys()]
  return names.map(contestant => ({
    contestant,
    figures: Object.fromEntries(Object.keys(rounds[0]!.get(contestant)!).map(figure => [figure, median(rounds.map(round => round.get(contestant)![figure]!))])),
    ratios: Object.fromEntries(names.map(other => [other, median(rounds.map(round => costOf(round.get(contestant)!) / costOf(round.get(other)!)))]))
  }))
}

/** One round. */
async function measure (file: string, names: string[], contestants: Readonly<Record<string, Contestant>>): Promise<ReadonlyMap<string, Cost>> {
  const servers = new Map<string, { server: ChildProcess, url: string }>()
  const costs = new Map(names.map(name => [name, { cpu: 0, kernel: 0, requests: 0, seconds: 0 }]))
  try {
    for (const name of names) {
      const server = fork(fileURLToPath(new URL('server.js', import.meta.url)), [file, name], { execArgv: ['--expose-gc'] })
      pinServer(server.pid!)
      servers.set(name, { server, url: await messageOf<string>(server) })
      await load(name, toWarmUp)
    }
    for (let turn = 0; turn < turns; turn++) {
      for (const name of names) {
        const { server } = servers.get(name)!
        const cost = costs.get(name)!
        const before = await cpuOf(server)
        const { requests: { total }, duration } = await load(name, perTurn)
        const after = await cpuOf(server)
        cost.cpu += after.user + after.system - before.user - before.system
        cost.kernel += after.system - before.system
        cost.requests += total
        cost.seconds += duration
      }
    }
    return costs
  } finally {
    for (const { server } of servers.values()) server.kill()
  }

  async function load (name: string, amount: number): Promise<autocannon.Result> {
    const { request = {}, status } = contestants[name]!
    const result = await autocannon({ url: servers.get(name)!.url, connections: 20, pipelining: 4, amount, sampleInt: 50, requests: [request] })
    const { statusCodeStats = {}, errors } = result
    if (errors > 0 || Object.keys(statusCodeStats).join() !== String(status)) {
      throw new Error(`Cannot measure ${name}: ${errors} errors, statuses ${JSON.stringify(statusCodeStats)}`)
    }
    return result
  }
}

async function cpuOf (server: ChildProcess): Promise<NodeJS.CpuUsage> {
  server.send('cpu')
  return await messageOf<NodeJS.CpuUsage>(server)
}

async function messageOf<T> (server: ChildProcess): Promise<T> {
  const either = new AbortController()
  try {
    const [message] = await Promise.race([
      once(server, 'message', either),
      once(server, 'exit', either).then(([code]) => { throw new Error(`The server ended with ${code as number}`) })
    ]) as [T]
    return message
  } finally {
    either.abort()
  }
}

function median (values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((values.length - 1) / 2)]! + sorted[Math.floor(values.length / 2)]!) / 2
}
