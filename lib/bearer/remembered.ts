import { hash } from 'node:crypto'

/** What was found out about secrets, kept by their hashes: the memory of the process holds no token to steal. */
export interface Remembered<Value> {
  /** What is known of a secret, unless it was learnt in another version or has expired. */
  get (secret: string, version: number): Value | undefined
  /** @param expires in seconds since 1970 */
  set (secret: string, version: number, expires: number, value: Value): void
}

/**
 * Remembers up to `limit` secrets; who wasn't asked for the longest is forgotten first.
 */
export function rememberSecrets<Value> (limit: number): Remembered<Value> {
  const entries = new Map<string, { version: number, expires: number, value: Value }>()

  return {
    get (secret, version) {
      const key = keyOf(secret)
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (entry.version !== version || Date.now() >= entry.expires * 1000) return undefined
      entries.set(key, entry)
      return entry.value
    },

    set (secret, version, expires, value) {
      entries.set(keyOf(secret), { version, expires, value })
      if (entries.size > limit) entries.delete(entries.keys().next().value!)
    }
  }
}

function keyOf (secret: string): string {
  return hash('sha256', secret, 'base64url')
}
