/**
 * How long to wait for what has to come, or to be over, in time: twenty times what it takes on this machine as busy as it
 * is now. A number of milliseconds would be too few on a busy machine, or too many to wait for on a quiet one.
 *
 * @param least of it, in milliseconds
 * @param run does once what has to be over in time; the slowest of three counts
 */
export async function patience (least: number, run: () => Promise<unknown>): Promise<number> {
  let slowest = 0
  for (let time = 0; time < 3; time++) {
    const start = performance.now()
    await run()
    slowest = Math.max(slowest, performance.now() - start)
  }
  return Math.max(least, Math.ceil(20 * slowest))
}

/** A promise, and what fulfils it. */
export function gate (): { opened: Promise<void>, open: () => void } {
  let open!: () => void
  const opened = new Promise<void>(resolve => { open = resolve })
  return { opened, open }
}
