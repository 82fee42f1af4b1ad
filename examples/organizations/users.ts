import { managerEmail } from './seed.ts'

/** What the local issuer says of each user in her token (RFC 9068 §2.2). */
export const users = {
  admin: { sub: 'admin', email: 'aino@admins.example', scope: 'organizations:read organizations:write' },
  manager: { sub: 'manager', email: managerEmail, scope: 'organizations:read' },
  reader: { sub: 'reader', email: 'risto@readers.example', scope: 'organizations:read' }
}

/** An access token of each user. */
export type Tokens = Record<keyof typeof users, string>
