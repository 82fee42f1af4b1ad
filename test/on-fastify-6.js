// `node --import ./test/on-fastify-6.js`: whoever imports or requires `fastify` gets `fastify-6`. It needs Node 22.15 or later.
import { registerHooks } from 'node:module'

process.env.FASTIFY = '6'

registerHooks({
  resolve: (specifier, context, nextResolve) => nextResolve(specifier.replace(/^fastify(?=\/|$)/, 'fastify-6'), context)
})
