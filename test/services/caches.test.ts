import { writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'
import t from 'tap'
import { Agent, fetch as undiciFetch, interceptors } from 'undici'
import { startCacheable, startExample, type Origin } from './example.ts'
import { startNginx } from './nginx.ts'
import { freePort, isListening, needs, start, temporaryFolder } from './program.ts'
import { answerOf, judge, lifetime, path } from './referee.ts'

// They wait, most of the time
t.jobs = 4

const cacheControl = `public, max-age=${lifetime}`
const asReader = ({ tokens }: Origin) => ({ authorization: `Bearer ${tokens.reader}` })

t.test('nginx answers from its cache, and revalidates with the example what is stale', { buffered: true, ...needs('nginx') }, async t => {
  const origin = await startExample(t)
  const { host, pathname } = new URL(origin.url)
  const port = await freePort()
  // What needs a token is kept for those who have the same one
  await startNginx(t, port, `
    server {
      listen 127.0.0.1:${port};
      location / {
        proxy_pass http://${host};
        proxy_cache answers;
        proxy_cache_key $uri$is_args$args$http_authorization;
        proxy_cache_valid 200 ${lifetime}s;
        proxy_cache_revalidate on;
        add_header X-Cache $upstream_cache_status always;
      }
    }`)

  const headers = asReader(origin)
  await judge(t, origin, async () => await answerOf(await fetch(`http://127.0.0.1:${port}${pathname}${path}`, { headers })))
})

t.test('Varnish answers from its cache, and revalidates with the example what is stale', { buffered: true, ...needs('varnishd') }, async t => {
  const origin = await startExample(t)
  const { hostname, port: originPort, pathname } = new URL(origin.url)
  const port = await freePort()
  const folder = await temporaryFolder(t)
  // What needs a token is kept for those who have the same one
  await writeFile(`${folder}/default.vcl`, `
    vcl 4.1;
    backend example { .host = "${hostname}"; .port = "${originPort}"; }
    sub vcl_recv { if (req.method == "GET") { return (hash); } }
    sub vcl_hash { hash_data(req.http.Authorization); }
    sub vcl_backend_response {
      if (beresp.status == 200) {
        set beresp.ttl = ${lifetime}s;
        set beresp.grace = 0s;
        set beresp.keep = 1m;
        set beresp.http.X-Cache = "MISS";
        if (beresp.was_304) { set beresp.http.X-Cache = "REVALIDATED"; }
        return (deliver);
      }
    }
    sub vcl_deliver { if (obj.hits > 0) { set resp.http.X-Cache = "HIT"; } }`)
  const options = { n: `${folder}/work`, f: `${folder}/default.vcl`, a: `127.0.0.1:${port}`, j: 'none', T: 'none', s: 'malloc,16m' }
  await start(t, ['varnishd', '-F', ...Object.entries(options).flatMap(([name, value]) => [`-${name}`, value])], () => isListening(port))

  const headers = asReader(origin)
  await judge(t, origin, async () => await answerOf(await fetch(`http://127.0.0.1:${port}${pathname}${path}`, { headers })))
})

t.test("undici's cache interceptor answers from its cache, and revalidates with the example what is stale", { buffered: true }, async t => {
  const origin = await startCacheable(t, cacheControl)
  const dispatcher = new Agent().compose(interceptors.cache())
  t.teardown(async () => await dispatcher.close())

  const headers = asReader(origin)
  // A 304 with Cache-Control makes it drop what it has: https://github.com/nodejs/undici/issues/5505
  const forgets = true
  await judge(t, origin, async () => await answerOf(await undiciFetch(origin.url + path, { headers, dispatcher })), { forgets })
})

t.test('Chromium answers from its cache, and revalidates with the example what is stale', { buffered: true, ...needs('chromium') }, async t => {
  const origin = await startCacheable(t, cacheControl)
  const browser = await chromium.launchPersistentContext(await temporaryFolder(t), {
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
  t.teardown(async () => await browser.close())
  const page = await browser.newPage()
  // To be of the same origin; that it is a 401 is all the same
  await page.goto(origin.url)

  const request = { url: origin.url + path, headers: asReader(origin) }
  await judge(t, origin, async () => {
    const { text, ...rest } = await page.evaluate(async ({ url, headers }) => {
      const response = await fetch(url, { headers })
      return { text: await response.text(), status: response.status, headers: [...response.headers] }
    }, request)
    return await answerOf(new Response(text, rest))
  })
})
