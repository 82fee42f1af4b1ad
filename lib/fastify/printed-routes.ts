import type { FastifyInstance } from 'fastify'

/** A line of the tree: how deep it stands, a piece of a URL, and the methods of the route that ends there. */
const line = /^(?<depth>(?:[│ ] {3})*)(?<branch>[├└]── )?(?<piece>.*?)(?: \((?<methods>[A-Z, -]+)\))?(?: \{.*\})?$/

/**
 * The routes that an app has, such as `GET /organizations/:id`. Fastify has no list of them to ask, but prints their tree;
 * how it looks, its documentation shows by examples alone, which test/fastify/printed-routes.test.ts holds.
 */
export function printedRoutes (instance: FastifyInstance): string[] {
  const tree = instance.printRoutes()
  if (tree === '(empty tree)') return []
  const pieces: string[] = []
  return tree.split('\n').flatMap(text => {
    const { depth = '', branch, piece = '', methods } = line.exec(text)!.groups!
    // A route that has constraints, too, stands in a line of its own, without a branch
    const level = depth.length / 4 - (branch === undefined ? 1 : 0)
    if (branch !== undefined) pieces.splice(level, Infinity, piece === '(empty root node)' ? '' : piece)
    return methods?.split(', ').map(method => `${method} ${pieces.slice(0, level + 1).join('')}`) ?? []
  })
}
