import { execFileSync } from 'node:child_process'
import { results, rounds, type Result } from '../compare.ts'

export const question = 'What does loading the package cost, in a new process?'

const sources = {
  'fastify alone': "await import('fastify')",
  // It loads them itself for the first schema
  "fastify and its schemas' compilers": "await import('fastify'); await import('@fastify/ajv-compiler'); await import('@fastify/fast-json-stringify-compiler')",
  'fastify and fastify-pt-status': "await import('fastify'); await import('fastify-pt-status')",
  'fastify and require() of fastify-pt-status': "await import('fastify'); (await import('node:module')).createRequire(process.cwd() + '/a.js')('fastify-pt-status')",
  'fastify and @fastify/sensible': "await import('fastify'); await import('@fastify/sensible')"
}

export async function measure (): Promise<Result[]> {
  return results(Array.from({ length: rounds }, () => new Map(Object.entries(sources).map(([name, source]) => {
    const script = `const begun = process.hrtime.bigint(); ${source}; process.stdout.write(String(Number(process.hrtime.bigint() - begun) / 1e6))`
    return [name, { ms: Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })) }]
  }))))
}
