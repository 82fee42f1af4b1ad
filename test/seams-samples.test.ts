import Fastify from 'fastify'
import t from 'tap'
import { places, unawaited } from './cases/seams-places.ts'
import { wrongByItself, wrongHead } from './cases/seams-laws.ts'
import heads from './cases/seams-samples/heads.ts'
import lengths from './cases/seams-samples/lengths.ts'
import responses from './cases/seams-samples/responses.ts'
import type { Question, Sample } from './cases/seams-samples/sample.ts'
import trailers from './cases/seams-samples/trailers.ts'
import waits from './cases/seams-samples/waits.ts'
import { keptConnection, type Answer } from './kept-connection.ts'
import { listen } from './wire.ts'

const groups: Readonly<Record<string, readonly Sample[]>> = {
  'HEAD has the tag of GET, whoever declares it': heads,
  'a web Response is an answer like others': responses,
  'trailers are those of a success': trailers,
  'one answer leaves, whole, while an onSend hook waits or refuses': waits,
  'a 204 and a 304 have no framing of content': lengths
}

for (const [title, samples] of Object.entries(groups)) {
  for (const [place, register] of Object.entries(places)) {
    for (const { name, join = () => {}, declare, asks, needsPlugin } of samples) {
      if (needsPlugin && place === unawaited) continue
      t.test(`${title}: ${name}; others ${place}`, async t => {
        const app = Fastify({ genReqId: () => 'id' })
        await register(app, { options: {}, join, declare })
        const { ask, close } = keptConnection(await listen(t, app))
        t.teardown(close)
        for (const question of asks) t.same(await wrongIn(ask, question), [], JSON.stringify(question.fields ?? {}))
        // What a second answer breaks, it breaks once the first has gone
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
      })
    }
  }
}

/** What is wrong with the answers to a question, and to HEAD where that asks GET. */
async function wrongIn (ask: ReturnType<typeof keptConnection>['ask'], { method = 'GET', fields = {}, answers, has = {}, lacks = [], trailers }: Question): Promise<string[]> {
  try {
    const answer = await ask(method, '/', fields)
    const says = answers[answer.status]
    const wrong = [
      ...wrongByItself(method, answer),
      ...(says === undefined ? [`${answer.status} for ${Object.keys(answers).join(' or ')}`] : []),
      ...(says?.test(String(answer.body)) === false ? [`${answer.status} says ${JSON.stringify(String(answer.body).slice(0, 80))}`] : []),
      ...Object.entries(has).filter(([name, value]) => !value.test(answer.fields[name] ?? '')).map(([name]) => `${name}: ${answer.fields[name]}`),
      ...lacks.filter(name => name in answer.fields).map(name => `has ${name}: ${answer.fields[name]}`),
      ...(trailers === undefined || isSame(trailers, answer.trailers) ? [] : [`trailers ${JSON.stringify(answer.trailers)}`])
    ]
    // Which of two answers leaves may be another one each time
    const isSure = Object.keys(answers).length === 1
    return method === 'GET' ? [...wrong, ...await wrongHeadOf(answer, isSure)] : wrong
  } catch (error) {
    return [(error as Error).message]
  }

  async function wrongHeadOf (get: Answer, isSure: boolean): Promise<string[]> {
    const head = await ask('HEAD', '/', fields)
    if (answers[head.status] === undefined) return [`HEAD is ${head.status}`]
    return [...wrongByItself('HEAD', head).map(finding => `HEAD ${finding}`), ...(isSure ? wrongHead(head, get, []) : [])]
  }
}

function isSame (trailers: object, { ...found }: object = {}): boolean {
  return JSON.stringify(trailers) === JSON.stringify(found)
}
