import t from 'tap'
import { faults } from '../../chaos/faults.ts'
import { Ledger, draftOf } from '../../chaos/ledger.ts'
import { tryFault } from '../../chaos/trial.ts'
import { startWorld } from '../../chaos/world.ts'
import { needs } from './program.ts'

t.test('whatever happens to its database or itself, under load, the example answers rightly and keeps what it acknowledged', needs('postgres'), async t => {
  const world = await startWorld(t)
  for (const fault of faults) {
    const impossible = fault.impossible?.(world)
    await t.test(fault.title, impossible === undefined ? {} : { skip: impossible }, async t => {
      const { wrong, ...figures } = await tryFault(world, fault)
      t.same(wrong.slice(0, 5), [], `${wrong.length} are wrong`)
      t.ok(figures.acknowledged > 0)
      t.comment(Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`).join(', '))
      t.equal(world.example.output.err, '', 'its process has nothing to complain of')
    })
  }
})

t.test('the ledger sees what is lost, done twice, half done, or nobody\'s', async t => {
  const row = (businessId: string, version: number, managers = 0) => {
    const { address, ...draft } = draftOf(businessId, version)
    return { ...draft, id: '', address: JSON.stringify(address), version, managers }
  }
  const ledger = new Ledger()
  const [kept, deleted, uncertain] = [ledger.open(), ledger.open(), ledger.open()]
  ledger.record(kept, { version: 1, managers: 0 }, true)
  ledger.record(deleted, { version: 1, managers: 0 }, true)
  ledger.record(deleted, undefined, true)
  ledger.record(uncertain, { version: 1, managers: 0 }, false)
  t.same([ledger.acknowledged, ledger.uncertain], [3, 1])

  const there = row(kept.businessId, 1)
  t.same(ledger.check([there]), [])
  t.same(ledger.check([there, row(uncertain.businessId, 1)]), [])
  t.match(ledger.check([]), [/is absent, and not version 1 with 0 managers/])
  t.match(ledger.check([row(kept.businessId, 2)]), [/is version 2/])
  t.match(ledger.check([row(kept.businessId, 1, 1)]), [/with 1 managers/])
  t.match(ledger.check([there, there]), [/is there twice/])
  t.match(ledger.check([{ ...there, name: 'Kaaos' }]), [/is half written/])
  t.match(ledger.check([there, row(deleted.businessId, 1)]), [/is version 1 with 0 managers, and not absent/])
  t.match(ledger.check([there, row(uncertain.businessId, 2)]), [/and not absent or version 1/])
  t.match(ledger.check([there, row('9999999-9', 1)]), [/is nobody's/])
})
