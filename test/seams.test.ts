import t from 'tap'
import { hooks } from './cases/seams-hooks.ts'
import { places } from './cases/seams-places.ts'
import { alone, attempt } from './cases/seams-trial.ts'
import { plugins } from './cases/seams.ts'

// Every neighbour × every place × every method × every kind of answer, with and without conditions: each answer is that of
// the plugin alone, but for what the neighbour adds by its row. Those that touch content are asked over a socket
const touchContent = [...plugins, ...hooks.filter(({ content }) => content !== undefined)]
const others = hooks.filter(({ content }) => content === undefined)

for (const place of Object.keys(places)) {
  for (const [neighbours, overSocket] of [[touchContent, true], [others, false]] as const) {
    t.test(`a neighbour ${place}${overSocket ? ', over a socket' : ''}: answers are those of the plugin alone, but for what it adds`, async t => {
      const { answers, wrong } = await attempt(place, alone, overSocket)
      t.same(wrong, [], alone.name)
      for (const neighbour of neighbours) {
        t.same((await attempt(place, neighbour, overSocket, answers)).wrong, [], neighbour.name)
      }
    })
  }
}
