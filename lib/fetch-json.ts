/** The largest document that is read, in bytes. */
const largest = 262_144

/**
 * Reads a JSON document. A redirect isn't followed: it would lead elsewhere than the configuration says.
 *
 * @throws {Error} if it can't be had, is larger than 256 KiB, or isn't JSON
 */
export async function fetchJson (url: URL, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } })
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Error(`Cannot read ${url.href}: the answer is ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels what is left of the body
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > largest) throw new Error(`Cannot read ${url.href}: it is larger than ${largest} bytes`)
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString())
}
