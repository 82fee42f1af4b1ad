/** Ends what it was given, the last first, as a test of tap's does. */
export class Owner {
  readonly #closers: (() => unknown)[] = []

  teardown (close: () => unknown): void {
    this.#closers.push(close)
  }

  async close (): Promise<void> {
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) await close()
  }
}
