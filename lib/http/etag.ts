import { percentEncode } from './uri.ts'

/** RFC 9110 §8.8.3: `entity-tag = [ weak ] opaque-tag`, and the comma or the end behind it in a list (§5.6.1). */
const listed = /[\t ]*(W\/)?("[\x21\x23-\x7E\x80-\xFF]*")[\t ]*(?:,|$)/y
const single = /^(W\/)?"[\x21\x23-\x7E\x80-\xFF]*"$/

/**
 * An entity tag as it is written in a header field. What isn't one yet is quoted, and what can't stand in one is
 * percent-encoded: `3` → `"3"`, `W/"3"` stays.
 *
 * @see RFC 9110 §8.8.3
 */
export function entityTag (value: string | number | bigint): string {
  const text = String(value)
  if (single.test(text)) return text
  return `"${text.replace(/[^\x21\x23\x24\x26-\x7E]+/g, percentEncode)}"`
}

/**
 * Whether the field value of If-Match holds the tag, both strong: "two entity tags are equivalent if both are not
 * weak and their opaque-tags match character-by-character". `*` holds any.
 *
 * @see RFC 9110 §8.8.3.2, §13.1.1
 */
export function matchesStrongly (field: string, tag: string | undefined): boolean {
  return holds(field, tag === undefined || isWeak(tag) ? undefined : tag, false)
}

/**
 * Whether the field value of If-None-Match holds the tag: "their opaque-tags match character-by-character, regardless
 * of either or both being tagged as 'weak'". `*` holds any.
 *
 * @see RFC 9110 §8.8.3.2, §13.1.2
 */
export function matchesWeakly (field: string, tag: string | undefined): boolean {
  return holds(field, tag === undefined ? undefined : isWeak(tag) ? tag.slice(2) : tag, true)
}

/** Whether an entity tag is weak (RFC 9110 §8.8.1). */
export function isWeak (tag: string): boolean {
  return tag.startsWith('W/')
}

/** Reads the list once, in linear time: what is malformed is passed over up to the next comma. */
function holds (field: string, opaque: string | undefined, weakToo: boolean): boolean {
  if (field.trim() === '*') return true
  if (opaque === undefined) return false
  listed.lastIndex = 0
  while (listed.lastIndex < field.length) {
    const start = listed.lastIndex
    const match = listed.exec(field)
    if (match === null) {
      const comma = field.indexOf(',', start)
      if (comma === -1) return false
      listed.lastIndex = comma + 1
    } else if (match[2] === opaque && (weakToo || match[1] === undefined)) {
      return true
    }
  }
  return false
}
