/** The slope of a line through points, by least squares. */
export function slopeOf (points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const middle = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [middle(points.map(([x]) => x)), middle(points.map(([, y]) => y))]
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
}

/** How often something took how long, in steps of a tenth of a millisecond: as small after ten minutes as after one. */
export class Latencies {
  readonly #counts = new Map<number, number>()
  count = 0

  add (milliseconds: number): void {
    const step = Math.ceil(milliseconds * 10)
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1)
    this.count++
  }

  /** Within how many milliseconds a part of them was done; NaN where there are none. */
  quantile (part: number): number {
    let seen = 0
    for (const [step, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += count
      if (seen >= part * this.count) return step / 10
    }
    return NaN
  }
}
