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
  const reader = response.body.getReader()
  // Whatever becomes of fetch's own signal once the head of the answer is there: nobody waits for ever
  const cancel = (): void => { reader.cancel().catch(() => {}) }
  signal.addEventListener('abort', cancel)
  try {
    return JSON.parse(await read(reader, url, signal))
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

async function read (reader: ReadableStreamDefaultReader<Uint8Array>, url: URL, signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    size += value!.length
    if (size > largest) throw new Error(`Cannot read ${url.href}: it is larger than ${largest} bytes`)
    chunks.push(value!)
  }
  // A reader that was cancelled says that it is done
  signal.throwIfAborted()
  return Buffer.concat(chunks).toString()
}
