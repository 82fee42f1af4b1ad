import { resolve } from 'node:path'
import t from 'tap'
import { Latencies, slopeOf } from '../../chaos/figures.ts'
import { soak } from '../../chaos/soaking.ts'
import { needs } from './program.ts'

t.test('at full load, with faults again and again, nothing is wrong, hangs or complains', needs('postgres'), async t => {
  const { wrong, answers, acknowledged, faults, latencies, slowest, heaps } =
    await soak(t, { lasts: 20_000, faultEvery: 3000, connections: 40, memory: resolve('dist/chaos/memory.js') }, line => t.comment(line))
  t.same(wrong.slice(0, 5), [], `${wrong.length} are wrong`)
  t.ok(answers > 1000)
  t.ok(acknowledged > 100)
  t.ok(faults >= 3)
  t.ok(heaps.length >= 5 && Math.max(...heaps) < 64, 'its heap stays small; ten minutes of npm run soak tell its slope')
  for (const [name, times] of Object.entries(latencies)) {
    t.comment(`${name}: ${times.count}, p50 ${times.quantile(0.5)} ms, p99 ${times.quantile(0.99)} ms`)
  }
  t.ok(latencies.overload.quantile(0.5) < latencies[200].quantile(0.5), 'to refuse takes less than to serve')
  t.comment(`${answers} answers, the slowest after ${Math.round(slowest)} ms`)
})

t.test('the slope is that of the line through the points', async t => {
  t.equal(slopeOf([[0, 1], [1, 3], [2, 5]]), 2)
  t.equal(slopeOf([[0, 1], [1, 3], [2, 1]]), 0)
})

t.test('a quantile is within a tenth of a millisecond', async t => {
  const latencies = new Latencies()
  for (let milliseconds = 100; milliseconds >= 1; milliseconds--) latencies.add(milliseconds)
  t.same([latencies.quantile(0.5), latencies.quantile(0.99), new Latencies().quantile(0.5)], [50, 99, NaN])
})
