import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from './client.ts'
import { faults } from './faults.ts'
import { Latencies, slopeOf } from './figures.ts'
import { Ledger } from './ledger.ts'
import { startTraffic } from './traffic.ts'
import { startWorld, type World } from './world.ts'
import type { Owner } from '../test/services/program.ts'

export interface SoakOptions {
  /** How long it runs, and how long after one fault the next comes, in milliseconds. */
  lasts: number
  faultEvery: number
  connections: number
  /** Where memory.js is, built. */
  memory: string
}

export interface Soaked {
  answers: number
  faults: number
  /** 200s, 503s of overload, 503s of a dependency: how many, and milliseconds. */
  latencies: Record<'200' | 'overload' | 'dependency', Latencies>
  slowest: number
  /** In megabytes after gc, and their slope in MB per minute after the first quarter. */
  heaps: number[]
  slope: number
  acknowledged: number
  wrong: string[]
}

/**
 * Runs mixed traffic at full load, more than the example takes, while what it needs goes away again and again. It
 * sheds load where its event loop was busy for more than four fifths of the last second.
 */
export async function soak (owner: Owner, { lasts, faultEvery, connections, memory }: SoakOptions, tell: (line: string) => void): Promise<Soaked> {
  const world = await startWorld(owner, { MAX_EVENT_LOOP_UTILIZATION: '0.8' }, ['--expose-gc', '--import', memory])
  // A killed example has a new heap: that is for npm run chaos alone
  const injected = faults.filter(fault => fault.isSilent !== true && fault.impossible?.(world) === undefined)
  const latencies = { 200: new Latencies(), overload: new Latencies(), dependency: new Latencies() }
  const wrong: string[] = []
  let [answers, slowest] = [0, 0]

  const observe = (exchange: Exchange) => {
    const { title, begun, ended, status, code } = exchange
    answers++
    slowest = Math.max(slowest, ended - begun)
    if (status === 200) latencies[200].add(ended - begun)
    if (status === 503) latencies[code === 'UNDER_PRESSURE' ? 'overload' : 'dependency'].add(ended - begun)
    const finding = exchange.wrong ?? (status === 0 ? `${title}: unanswered, ${code}` : status === 503 && title === 'live' ? 'live: 503' : undefined)
    if (finding !== undefined && wrong.length < 100) wrong.push(finding)
  }
  const ledger = new Ledger()
  const stop = startTraffic({ origin: world.origin, tokens: world.tokens, ledger, connections, observe, pause: 100, keepOneOf: 100 })

  const begun = performance.now()
  const heaps: Array<[minutes: number, megabytes: number]> = []
  let count = 0
  let next = begun + faultEvery
  while (performance.now() - begun < lasts) {
    await sleep(Math.min(1000, lasts / 20))
    if (performance.now() > next) {
      const fault = injected[count++ % injected.length]!
      const end = await fault.begin(world)
      await sleep(fault.lasts)
      await end()
      tell(`${Math.round((performance.now() - begun) / 1000)} s: ${fault.title}`)
      next = performance.now() + faultEvery
    }
    heaps.push([(performance.now() - begun) / 60_000, await heapOf(world)])
  }
  await stop()

  if (world.example.output.err !== '') wrong.push(`the process complains: ${world.example.output.err.slice(0, 1000)}`)
  wrong.push(...ledger.check(await world.rows()).slice(0, 100))
  const warm = heaps.filter(([minutes]) => minutes > lasts / 60_000 / 4)
  return { answers, faults: count, latencies, slowest, heaps: heaps.map(([, heap]) => heap), slope: slopeOf(warm), acknowledged: ledger.acknowledged, wrong }
}

/** Its heap after gc, in MB. */
async function heapOf ({ example }: World): Promise<number> {
  const lines = () => example.output.out.match(/^heap \d+$/gm) ?? []
  const before = lines().length
  process.kill(example.pid, 'SIGUSR2')
  const deadline = performance.now() + 10_000
  while (lines().length === before) {
    if (performance.now() > deadline) throw new Error('Cannot read the heap: the example says nothing')
    await sleep(5)
  }
  return Number(lines().at(-1)!.slice('heap '.length)) / 2 ** 20
}
