import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from './client.ts'
import type { Fault } from './faults.ts'
import { Ledger } from './ledger.ts'
import { startTraffic } from './traffic.ts'
import type { World } from './world.ts'

/** Within how many milliseconds the example answers while its database is away, as its postgresql.ts says, and a little. */
export const promised = 4500
const calm = 500
/** Within how many milliseconds of the end of a fault all must be as before. */
const settling = 1500

/** What was seen; times in milliseconds. */
export interface Report {
  answers: number
  /** What was sent and answered while the fault lasted. */
  refused: number
  served: number
  slowestRefusal: number
  slowestLive: number
  /** From when the fault is to end, with the time that a server takes to start, until the last 503 or lost request. */
  recovered: number
  acknowledged: number
  uncertain: number
  wrong: string[]
}

/** Has a fault happen to the example under load, and judges all that it has answered and kept. */
export async function tryFault (world: World, fault: Fault, connections = 25, lasts = fault.lasts): Promise<Report> {
  const { origin, tokens, rows, query } = world
  await query("delete from organization where name like 'Kaaos %'")
  const ledger = new Ledger()
  const exchanges: Exchange[] = []
  const stop = startTraffic({ origin, tokens, ledger, connections, observe: exchange => exchanges.push(exchange) })

  await sleep(calm)
  const beginning = performance.now()
  const end = await fault.begin(world)
  const begun = performance.now()
  await sleep(lasts)
  const ending = performance.now()
  await end()
  await sleep(settling)
  const after = performance.now()
  await sleep(calm)
  await stop()

  const during = exchanges.filter(exchange => exchange.begun > begun && exchange.ended < ending)
  const failed = (exchange: Exchange) => exchange.status === 503 || exchange.status === 0
  const refused = during.filter(({ status }) => status === 503)
  return {
    answers: exchanges.filter(({ status }) => status !== 0).length,
    refused: refused.length,
    served: during.filter(exchange => !failed(exchange)).length,
    slowestRefusal: latest(refused.map(timeOf)),
    slowestLive: latest(during.filter(({ title }) => title === 'live').map(timeOf)),
    recovered: Math.max(0, latest(exchanges.filter(failed).map(exchange => exchange.ended)) - ending),
    acknowledged: ledger.acknowledged,
    uncertain: ledger.uncertain,
    wrong: [
      ...exchanges.flatMap(({ wrong }) => wrong ?? []),
      ...exchanges.filter(exchange => exchange.ended < beginning && failed(exchange)).map(exchange => `before: ${shown(exchange)}`),
      ...during.flatMap(exchange => judge(exchange, fault)),
      ...(fault.isSilent === true ? [] : exchanges.filter(({ status }) => status === 0).map(exchange => `unanswered: ${shown(exchange)}`)),
      ...(fault.isSilent !== true && refused.length === 0 ? ['nothing was refused'] : []),
      ...exchanges.filter(exchange => exchange.begun > after && failed(exchange)).map(exchange => `not recovered: ${shown(exchange)}`),
      ...(exchanges.some(({ begun, need }) => begun > after && need === 'writing') ? [] : ['nothing was written after it']),
      ...ledger.check(await rows())
    ]
  }
}

/** What is wrong with an answer for the time that it was given. */
function judge (exchange: Exchange, { takesAway, mayTakeAway = [], isSilent = false }: Fault): string[] {
  const { need, status } = exchange
  if (isSilent) return status === 0 ? [] : [`nobody is there: ${shown(exchange)}`]
  if (takesAway.includes(need)) {
    if (status !== 503) return [`its database is away: ${shown(exchange)}`]
    return timeOf(exchange) > promised ? [`too late: ${shown(exchange)}`] : []
  }
  return status === 503 && !mayTakeAway.includes(need) ? [`it needs nothing that is away: ${shown(exchange)}`] : []
}

const timeOf = ({ begun, ended }: Exchange): number => ended - begun

const latest = (times: number[]): number => times.reduce((most, time) => Math.max(most, time), 0)

function shown (exchange: Exchange): string {
  return `${exchange.title} ${exchange.status} ${exchange.code ?? ''} after ${Math.round(timeOf(exchange))} ms`
}
