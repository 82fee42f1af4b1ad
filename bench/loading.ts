import { execFileSync } from 'node:child_process'
import { median, type Result } from './compare.ts'

export const question = 'What does loading the package cost, in a new process?'

const sources = {
  'fastify alone': "await import('fastify')",
  'fastify and fastify-pt-status': "await import('fastify'); await import('fastify-pt-status')",
  'fastify and require() of fastify-pt-status': "await import('fastify'); (await import('node:module')).createRequire(process.cwd() + '/a.js')('fastify-pt-status')",
  'fastify and @fastify/sensible': "await import('fastify'); await import('@fastify/sensible')"
}
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5) * 2 + 1

export async function measure (): Promise<Result[]> {
  const samples = new Map(Object.keys(sources).map(name => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, source] of Object.entries(sources)) {
      const script = `const t = process.hrtime.bigint(); ${source}; process.stdout.write(String(Number(process.hrtime.bigint() - t) / 1e6))`
      samples.get(name)!.push(Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })))
    }
  }
  const first = median(samples.get('fastify alone')!)
  return [...samples].map(([contestant, times]) => ({ contestant, cpu: median(times), ratio: median(times) / first, throughput: 0, heap: 0 }))
}
