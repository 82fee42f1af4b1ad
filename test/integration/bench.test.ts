import { spawnSync } from 'node:child_process'
import t from 'tap'

const bench = (...args: string[]) => spawnSync(process.execPath, [new URL('../../dist/bench/run.js', import.meta.url).pathname, ...args], {
  encoding: 'utf8',
  env: { ...process.env, BENCH_ROUNDS: '1', BENCH_TURNS: '1', BENCH_WARM_UP: '2000' }
})

t.test('npm run bench -- --json measures real servers, and judges each goal', async t => {
  const { status, stdout, stderr } = bench('--json', 'suspended')
  t.equal(status, 0, stderr)
  const { machine, answers } = JSON.parse(stdout)
  t.match(machine, process.version)
  const [{ results, goals }] = Object.values(answers) as [any]
  t.same(results.map(({ contestant }: any) => contestant), ['direct', 'fastify-pt-status'])
  for (const { figures } of results) {
    t.ok(figures['CPU µs a request'] > figures['of it the kernel'])
    t.ok(figures['requests a second'] > 0)
  }
  for (const { reaches, atMost, reached } of goals) t.equal(reached, reaches <= atMost)
  t.equal(goals.length, 1)
})

t.test('an idle connection keeps hardly more than that of plain Fastify', async t => {
  const { status, stdout, stderr } = bench('--json', 'connections')
  t.equal(status, 0, stderr)
  const [{ goals }] = Object.values(JSON.parse(stdout).answers) as [any]
  t.equal(goals.length, 2)
  for (const { of, atMost, reaches } of goals) t.ok(reaches <= atMost, `${of as string}: ${reaches as number}`)
})

t.test('a bench that there is not is named', async t => {
  const { status, stderr } = bench('success', 'nothing')
  t.not(status, 0)
  t.match(stderr, 'Cannot run nothing: there is no such bench')
})
