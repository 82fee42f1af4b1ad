import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Principal } from 'fastify-pt-status'
import { managerEmail } from './seed.ts'

declare module 'fastify-pt-status' {
  interface Principal {
    /** By which an organization knows its managers */
    readonly email?: string
  }
}

const users = {
  admin: { subject: 'admin', email: 'aino@admins.example', scopes: ['organizations:read', 'organizations:write'] },
  manager: { subject: 'manager', email: managerEmail, scopes: ['organizations:read'] },
  reader: { subject: 'reader', email: 'risto@readers.example', scopes: ['organizations:read'] }
} satisfies Record<string, Principal>

const newToken = () => randomBytes(24).toString('base64url')

/** Gives each user a new random token, and the `authenticate` that knows them. */
export function issueTokens () {
  const tokens = { admin: newToken(), manager: newToken(), reader: newToken() }
  const principals = new Map<string, Principal>([
    [tokens.admin, users.admin],
    [tokens.manager, users.manager],
    [tokens.reader, users.reader]
  ])
  const authenticate = ({ headers: { authorization = '' } }: FastifyRequest): Principal | undefined => {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    return principals.get(token)
  }
  return { tokens, authenticate }
}

export type Tokens = ReturnType<typeof issueTokens>['tokens']
