import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { compare, type Contestant, type Goal, type Result } from './compare.ts'

/** A question that the bench answers: by comparing contestants, or by a measurement of its own. */
interface Bench {
  question: string
  contestants?: Record<string, Contestant>
  measure?: () => Promise<Result[]>
  goals?: readonly Goal[]
}

interface Answer {
  results: Result[]
  goals: Array<Goal & { ratio: number, reached: boolean }>
}

// `npm run bench -- [--json] [file …]`
const json = process.argv.includes('--json')
const wanted = process.argv.slice(2).filter(name => !name.startsWith('--'))
const infrastructure = ['run.js', 'compare.js', 'server.js', 'contenders.js', 'start.js', 'failing.js']
const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.js') && !infrastructure.includes(file))
const unknown = wanted.filter(name => !files.includes(`${name}.js`))
if (unknown.length > 0) throw new Error(`Cannot run ${unknown.join(', ')}: there is no such bench`)
const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, logger ${process.env['BENCH_LOGGER'] ?? 'off'}`
const answers: Record<string, Answer> = {}

if (!json) console.log(machine)
for (const file of files.filter(file => wanted.length === 0 || wanted.includes(file.replace('.js', '')))) {
  const url = new URL(file, import.meta.url).href
  const { question, contestants = {}, measure, goals = [] } = await import(url) as Bench
  const results = await (measure?.() ?? compare(url, contestants))
  answers[question] = { results, goals: goals.map(goal => judged(goal, results)) }
  if (!json) print(question, answers[question])
}
if (json) console.log(JSON.stringify({ machine, answers }, null, 2))

function judged (goal: Goal, results: readonly Result[]): Goal & { ratio: number, reached: boolean } {
  const cpuOf = (name: string) => results.find(({ contestant }) => contestant === name)!.cpu
  const ratio = cpuOf(goal.of) / cpuOf(goal.beside)
  return { ...goal, ratio, reached: ratio <= goal.atMost }
}

function print (question: string, { results, goals }: Answer): void {
  console.log(`\n${question}\n\n| | ratio | ${results.some(({ throughput }) => throughput > 0) ? 'server CPU, µs a request | requests/s' : 'ms | heap MB'} |\n|---|---|---|---|`)
  for (const { contestant, cpu, ratio, throughput, heap } of results) {
    console.log(`| ${contestant} | ${ratio.toFixed(2)} | ${cpu.toFixed(1)} | ${heap === undefined ? throughput.toFixed(0) : heap.toFixed(1)} |`)
  }
  for (const { of, beside, atMost, ratio, reached } of goals) {
    console.log(`- ${of}: ${ratio.toFixed(2)} × ${beside}, to reach ${atMost.toFixed(2)}: ${reached ? 'reached' : 'not reached'}`)
  }
}
