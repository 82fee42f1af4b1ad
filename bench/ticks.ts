import { setImmediate } from 'node:timers/promises'

/**
 * Has V8 optimise `process.nextTick()`, of which a request takes about twenty. Where it collects all garbage before that,
 * and no tick is waiting, a tick costs four times as much for as long as the process lives: whom that meets is luck, and
 * worth more than what is compared here.
 */
export async function settleTicks (): Promise<void> {
  for (let round = 0; round < 50; round++) {
    for (let tick = 0; tick < 1000; tick++) process.nextTick(() => {})
    await setImmediate()
  }
}
