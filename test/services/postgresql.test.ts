import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { seeded } from '../../examples/organizations/seed.ts'
import { startExample } from './example.ts'
import { startPostgresql } from './postgresql.ts'
import { needs } from './program.ts'

t.test('what the example does on libSQL it does on PostgreSQL', needs('postgres'), async t => {
  const { url } = await startPostgresql(t)
  await t.spawn(process.execPath, [...process.execArgv, 'test/integration/organizations.test.ts'], { env: { ...process.env, DATABASE_URL: url } })
})

/** Within how many milliseconds the example answers while its database is away, as examples/organizations/postgresql.ts says. */
const promised = 4000

t.test('the example answers 503 while its PostgreSQL is away, and recovers by itself', needs('postgres'), async t => {
  const server = await startPostgresql(t)
  const { url, tokens } = await startExample(t, { DATABASE_URL: server.url })
  const health = new URL('/health/', url).href

  const ask = async (path: string) => {
    const start = performance.now()
    const response = await fetch(path, { headers: { authorization: `Bearer ${tokens.reader}` } })
    const { code } = await response.json() as { code?: string }
    return { status: response.status, code, retryAfter: response.headers.get('retry-after'), milliseconds: performance.now() - start }
  }
  // More than the pool has connections
  const paths = [`${health}ready`, ...Array.from({ length: 30 }, () => `${url}/${seeded.plain}`)]
  const askAll = async () => await Promise.all(paths.map(ask))
  const slowestOf = (answers: Array<{ milliseconds: number }>) => Math.max(...answers.map(({ milliseconds }) => milliseconds))
  /** What it takes but for waiting, in milliseconds: on a busy machine more than on a quiet one. */
  let beside = 500
  const isAway = async (t: Test, title: string) => {
    const answers = await askAll()
    for (const answer of answers) t.match(answer, { status: 503, code: 'DEPENDENCY_UNAVAILABLE', retryAfter: '30' })
    const slowest = slowestOf(answers)
    t.ok(slowest < promised + beside, `${title}: the slowest of ${answers.length} 503s after ${Math.round(slowest)} ms`)
    const live = await ask(`${health}live`)
    t.equal(live.status, 200)
    t.comment(`${title}: 503 within ${Math.round(slowest)} ms; live in ${Math.round(live.milliseconds)} ms`)
  }
  const isBack = async (t: Test, title: string) => {
    const start = performance.now()
    while ((await ask(`${health}ready`)).status !== 200) {
      if (performance.now() - start > 60_000) return t.fail(`${title}: not back after a minute`)
      await sleep(20)
    }
    t.comment(`${title}: back in ${Math.round(performance.now() - start)} ms`)
    const answers = await askAll()
    beside = Math.max(500, 3 * slowestOf(answers))
    t.same(answers.filter(({ status }) => status !== 200), [], 'all connections are good')
  }

  await isBack(t, 'at first')
  await t.test('killed', async t => {
    server.signal('SIGKILL')
    await server.stop()
    await isAway(t, 'killed')
    await server.restart()
    await isBack(t, 'restarted')
  })
  await t.test('stalled', async t => {
    server.signal('SIGSTOP')
    await isAway(t, 'stalled')
    server.signal('SIGCONT')
    await isBack(t, 'continued')
  })
  await t.test('shut down', async t => {
    await server.stop()
    await isAway(t, 'shut down')
    await server.restart()
    await isBack(t, 'restarted')
  })
})
