import { faults } from './faults.ts'
import { Owner } from './owner.ts'
import { tryFault } from './trial.ts'
import { startWorld } from './world.ts'

// npm run chaos [-- connections [how many times as long as in the tests]]
const [connections = 50, times = 3] = process.argv.slice(2).map(Number)

const owner = new Owner()
process.once('SIGINT', async () => {
  await owner.close()
  process.exit(130)
})
const table: Record<string, object> = {}
let count = 0
try {
  const world = await startWorld(owner)
  for (const fault of faults) {
    const impossible = fault.impossible?.(world)
    if (impossible !== undefined) {
      console.log(`${fault.title}: not tried, ${impossible}`)
      continue
    }
    const { wrong, ...figures } = await tryFault(world, fault, connections, fault.lasts * times)
    table[fault.title] = Object.fromEntries(Object.entries({ ...figures, wrong: wrong.length }).map(([name, value]) => [name, Math.round(value)]))
    for (const line of wrong.slice(0, 10)) console.error(`${fault.title}: ${line}`)
    count += wrong.length
  }
  if (world.example.output.err !== '') console.error(world.example.output.err)
} finally {
  await owner.close()
}
console.table(table)
process.exitCode = count === 0 ? 0 : 1
