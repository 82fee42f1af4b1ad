import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** How many objects are still held once all garbage has been collected, and what was on its way has come. */
export async function held (refs: ReadonlyArray<WeakRef<object>>): Promise<number> {
  let count = refs.length
  for (let attempt = 0; attempt < 50 && count > 0; attempt++) {
    // A job keeps what it has looked at
    await setImmediate()
    collect()
    count = refs.filter(ref => ref.deref() !== undefined).length
  }
  return count
}
