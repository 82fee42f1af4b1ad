import { fileURLToPath } from 'node:url'
import { Owner } from './owner.ts'
import { soak } from './soaking.ts'

// npm run soak [-- minutes [connections]]
const [minutes = 10, connections = 50] = process.argv.slice(2).map(Number)

const owner = new Owner()
process.once('SIGINT', async () => {
  await owner.close()
  process.exit(130)
})
try {
  const memory = fileURLToPath(new URL('memory.js', import.meta.url))
  const { answers, faults, latencies, slowest, heaps, slope, acknowledged, wrong } =
    await soak(owner, { lasts: minutes * 60_000, faultEvery: 10_000, connections, memory }, console.log)
  const megabytes = (value: number) => value.toFixed(1)
  console.log(`${answers} answers in ${minutes} minutes, ${acknowledged} acknowledged writes, ${faults} faults; the slowest answer took ${Math.round(slowest)} ms`)
  console.table(Object.fromEntries(Object.entries(latencies).map(([name, times]) =>
    [name, { count: times.count, 'p50 ms': times.quantile(0.5), 'p99 ms': times.quantile(0.99) }])))
  console.log(`heap after gc: ${heaps.length} times, ${megabytes(Math.min(...heaps))} to ${megabytes(Math.max(...heaps))} MB, at last ${megabytes(heaps.at(-1)!)} MB; slope after the first quarter ${slope.toFixed(3)} MB/min`)
  for (const line of wrong.slice(0, 20)) console.error(line)
  console.log(wrong.length === 0 ? 'Nothing was wrong' : `${wrong.length} were wrong`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  await owner.close()
}
