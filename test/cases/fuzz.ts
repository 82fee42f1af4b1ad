/** Bytes, as Latin-1, that the fuzz trial found answered wrongly once. */
export const failed: ReadonlyArray<{ title: string, bytes: string }> = [
  {
    title: 'bytes behind a request that closes the connection',
    bytes: 'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}GET /b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n["more"]'
  }
]
