import neostandard from 'neostandard'

// The floors of `lib`, from the lowest: a file imports from floors below its own, and from its own folder
const floors = [['http'], ['contract'], ['fastify'], ['validation', 'bearer'], ['refusal'], ['server'], ['routes'], ['audit']]

const above = floors.map((names, height) => ({
  files: names.map(name => `lib/${name}/**`),
  rules: {
    'no-restricted-imports': ['error', {
      patterns: names.map(name => ({
        group: [...floors.slice(height).flat().filter(other => other !== name).map(other => `**/${other}/**`), '**/lib/index.ts', '../index.ts'],
        message: `A file of lib/${names.join(' or lib/')} imports from the floors below: ${['types', ...floors.slice(0, height).flat()].join(', ')}`
      }))
    }]
  }
}))

export default [
  ...neostandard({ ts: true, ignores: ['dist/', '.tap/'] }),
  ...above,
  { files: ['types/**'], rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['**/lib/**'], message: 'types imports nothing of lib' }] }] } },
  { files: ['types/*.tst.ts'], rules: { 'no-restricted-imports': 'off' } }
]
