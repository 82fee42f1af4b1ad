import { readdirSync } from 'node:fs'
import { compare, type Contestant, type Result } from './compare.ts'

/** A question that the bench answers. */
interface Bench {
  question: string
  contestants: Record<string, Contestant>
}

// `npm run bench -- [--json] [file …]`
const json = process.argv.includes('--json')
const wanted = process.argv.slice(2).filter(name => !name.startsWith('--'))
const infrastructure = ['run.js', 'compare.js', 'server.js']
const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.js') && !infrastructure.includes(file))
const unknown = wanted.filter(name => !files.includes(`${name}.js`))
if (unknown.length > 0) throw new Error(`Cannot run ${unknown.join(', ')}: there is no such bench`)
const results: Record<string, Result[]> = {}

for (const file of files.filter(file => wanted.length === 0 || wanted.includes(file.replace('.js', '')))) {
  const url = new URL(file, import.meta.url).href
  const { question, contestants } = await import(url) as Bench
  results[question] = await compare(url, contestants)
  if (!json) print(question, results[question])
}
if (json) console.log(JSON.stringify({ node: process.version, results }, null, 2))

function print (question: string, rows: readonly Result[]): void {
  console.log(`\n${question}\n`)
  console.log('| | server CPU, ratio | µs a request | requests/s |\n|---|---|---|---|')
  for (const { contestant, cpu, ratio, throughput } of rows) {
    console.log(`| ${contestant} | ${ratio.toFixed(2)} | ${cpu.toFixed(1)} | ${throughput.toFixed(0)} |`)
  }
}
