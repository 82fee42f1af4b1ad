import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import { pinLoad } from './cores.ts'
import { compare, type Contestant, type Goal, type Result } from './compare.ts'

/** A question that the bench answers: by comparing contestants, or by a measurement of its own. */
interface Bench {
  question: string
  contestants?: Record<string, Contestant>
  measure?: () => Promise<Result[]>
  goals?: readonly Goal[]
}

type Judged = Goal & { reaches: number, reached: boolean }

interface Answer {
  results: Result[]
  goals: Judged[]
}

// `npm run bench -- [--json] [file …]`
const json = process.argv.includes('--json')
const wanted = process.argv.slice(2).filter(name => !name.startsWith('--'))
const questions = new URL('questions/', import.meta.url)
const files = readdirSync(questions).filter(file => file.endsWith('.js'))
const unknown = wanted.filter(name => !files.includes(`${name}.js`))
if (unknown.length > 0) throw new Error(`Cannot run ${unknown.join(', ')}: there is no such bench`)
const machine = `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, logger ${process.env['BENCH_LOGGER'] ?? 'off'}, ${pinLoad() ? 'a core for the server' : 'no core for the server alone'}`
const answers: Record<string, Answer> = {}

if (!json) console.log(machine)
for (const file of files.filter(file => wanted.length === 0 || wanted.includes(file.replace('.js', '')))) {
  const url = new URL(file, questions).href
  const { question, contestants = {}, measure, goals = [] } = await import(url) as Bench
  const results = await (measure?.() ?? compare(url, contestants))
  answers[question] = { results, goals: goals.map(goal => judged(goal, results)) }
  if (!json) print(question, answers[question])
}
if (json) console.log(JSON.stringify({ machine, answers }, null, 2))

function judged (goal: Goal, results: readonly Result[]): Judged {
  const [of, beside] = [goal.of, goal.beside].map(name => results.find(({ contestant }) => contestant === name)!) as [Result, Result]
  const reaches = goal.more === undefined ? of.ratios[goal.beside]! : of.figures[goal.more]! - beside.figures[goal.more]!
  return { ...goal, reaches, reached: reaches <= goal.atMost }
}

function print (question: string, { results, goals }: Answer): void {
  const [first] = results as [Result]
  const figures = Object.keys(first.figures)
  console.log(`\n${question}\n\n| | ratio | ${figures.join(' | ')} |\n|---|${'---|'.repeat(figures.length + 1)}`)
  for (const { contestant, ratios, figures } of results) {
    const cells = [ratios[first.contestant]!.toFixed(2), ...Object.values(figures).map(value => value.toFixed(value < 1000 ? 1 : 0))]
    console.log(`| ${contestant} | ${cells.join(' | ')} |`)
  }
  if (goals.length > 0) console.log()
  for (const { of, beside, atMost, more, reaches, reached } of goals) {
    const amount = (value: number) => more === undefined ? value.toFixed(2) : `${value.toFixed(1)} ${more} more`
    console.log(`- ${of}: ${amount(reaches)} beside ${beside}, to reach ${amount(atMost)}: ${reached ? 'reached' : '**not reached**'}`)
  }
}
