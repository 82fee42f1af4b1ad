// Most have nothing to encode: to see that takes a third of the time
const plain = /^[\w\-.~:/?#[\]@!$&'()*+,;=]*$/

// RFC 3986 §2: all that may stand in a URI reference, and percent-encoded octets (§2.1)
const notUri = /[^\w\-.~:/?#[\]@!$&'()*+,;=%]+|%(?![\dA-Fa-f]{2})/g

/**
 * Percent-encodes what can't stand in a URI reference, and nothing that can. CR, LF, spaces, quotes and
 * everything non-ASCII are encoded as UTF-8; an unpaired surrogate becomes U+FFFD.
 *
 * @see RFC 3986 §2
 */
export function encodeUri (reference: string): string {
  return plain.test(reference) ? reference : reference.replace(notUri, percentEncode)
}

/** Percent-encodes a text as UTF-8; an unpaired surrogate as U+FFFD. */
export function percentEncode (text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))
}
