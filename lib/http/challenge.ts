/** The auth-params of a Bearer challenge (RFC 6750 §3). */
export interface BearerChallenge {
  /** The protection space (RFC 9110 §11.5). */
  realm?: string | undefined
  error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope'
  /** A sentence for developers. */
  error_description?: string
  /** The scopes that are needed, parted by spaces. */
  scope?: string | undefined
}

/** Writes a challenge as a value of `WWW-Authenticate` (RFC 9110 §11.6.1). */
export function bearerChallenge (params: BearerChallenge): string {
  const written = Object.entries(params)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${quotedString(value)}`)
  return `Bearer ${written.join(', ')}`.trimEnd()
}

/** RFC 9110 §5.6.4. What is no printable ASCII becomes a space: it ends neither the string nor the field. */
function quotedString (text: string): string {
  return `"${text.replace(/[^\x20-\x7E]/g, ' ').replace(/["\\]/g, '\\$&')}"`
}
