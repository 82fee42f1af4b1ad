import { Redis, type RedisOptions } from 'ioredis'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type RedisClientOptions } from 'redis'
import t from 'tap'
import { closed, startHangingUp, startStalled } from './failing.ts'
import { needs } from './program.ts'
import { startRedis } from './redis.ts'
import { prove, refute, type Trial } from './trials.ts'

t.test('Redis, by ioredis and redis', needs('redis-server'), async t => {
  const port = await startRedis(t, '--busy-reply-threshold', '50')
  const closing = { port: await startRedis(t, '--requirepass', 'right') }
  const replica = await startRedis(t, '--replicaof', '127.0.0.1', String(closed), '--replica-serve-stale-data', 'no')
  const cluster = await startRedis(t, '--cluster-enabled', 'yes')
  const full = await startRedis(t, '--maxmemory', '1')
  const [stalled, hangingUp] = [await startStalled(t), await startHangingUp(t)]

  const withIoredis = async (options: Omit<RedisOptions, 'replyMapping'>, use: (redis: Redis) => Promise<unknown>) => {
    const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: null, ...options })
    redis.on('error', () => {})
    try {
      await use(redis)
    } finally {
      redis.disconnect()
    }
  }
  const newClient = (port: number, options: RedisClientOptions = {}) => {
    const client = createClient({ ...options, socket: { host: '127.0.0.1', port, reconnectStrategy: false, ...options.socket } as {} })
    return client.on('error', () => {})
  }
  const withRedis = async (port: number, use: (client: ReturnType<typeof newClient>) => Promise<unknown>, options?: RedisClientOptions) => {
    const client = newClient(port, options)
    try {
      await client.connect()
      await use(client)
    } finally {
      if (client.isOpen) client.destroy()
    }
  }
  const get = async (redis: { get: (key: string) => Promise<unknown> }) => await redis.get('a')
  const set = async (redis: { set: (key: string, value: string) => Promise<unknown> }) => await redis.set('a', 'b')
  const killed = async (port: number) => await withRedis(port, async client => await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']))
  const isBusy = async () => await withIoredis({ enableReadyCheck: false }, async redis => await redis.ping()).then(() => false, ({ message }) => /^BUSY/.test(message))
  const hogged = async (use: Trial) => await withIoredis({}, async hog => {
    const script = hog.eval('while true do end', 0).catch(() => {})
    while (!await isBusy()) await sleep(20)
    try {
      await use()
    } finally {
      await withIoredis({ enableReadyCheck: false }, async redis => await redis.script('KILL'))
      await script
    }
  })

  await prove(t, ['redis-server', 'ioredis', 'redis'], {
    'connect ECONNREFUSED': { 'redis, a closed port': async () => await withRedis(closed, get) },
    'reply NOAUTH': {
      'ioredis, no password': async () => await withIoredis(closing, get),
      'redis, no password': async () => await withRedis(closing.port, get)
    },
    'reply WRONGPASS': {
      'ioredis, a wrong password': async () => await withIoredis({ ...closing, password: 'wrong' }, get),
      'redis, a wrong password': async () => await withRedis(closing.port, get, { password: 'wrong' })
    },
    'reply BUSY': {
      'ioredis, a script that hogs it': async () => await hogged(async () => await withIoredis({ enableReadyCheck: false }, get)),
      'redis, a script that hogs it': async () => await withRedis(port, async client => await hogged(async () => await get(client)))
    },
    'reply MASTERDOWN': {
      'ioredis, a replica without its master': async () => await withIoredis({ port: replica, enableReadyCheck: false }, get),
      'redis, a replica without its master': async () => await withRedis(replica, get)
    },
    'reply CLUSTERDOWN': {
      'ioredis, a cluster without slots': async () => await withIoredis({ port: cluster }, get),
      'redis, a cluster without slots': async () => await withRedis(cluster, get)
    },
    'reply OOM': {
      'ioredis, a full memory': async () => await withIoredis({ port: full }, set),
      'redis, a full memory': async () => await withRedis(full, set)
    },
    MaxRetriesPerRequestError: {
      'a closed port': async () => await withIoredis({ port: closed, retryStrategy: () => 10, maxRetriesPerRequest: 1 }, get)
    },
    'message Connection is closed.': {
      'a closed port': async () => await withIoredis({ port: closed }, get),
      'a server that hangs up': async () => await withIoredis({ port: hangingUp }, get),
      'a connection that is killed while it works': async () => await withIoredis({}, async redis => {
        await redis.ping()
        await Promise.all([redis.blpop('none', 5), killed(port)])
      })
    },
    'message Command timed out': {
      'a server that says nothing': async () => await withIoredis({ port: stalled, commandTimeout: 100 }, get)
    },
    "message Stream isn't writeable and enableOfflineQueue options is false": {
      'a closed port': async () => await withIoredis({ port: closed, enableOfflineQueue: false }, get)
    },
    SocketClosedUnexpectedlyError: {
      'a server that hangs up': async () => await withRedis(hangingUp, get),
      'a connection that is killed while it works': async () => await withRedis(port, async client => {
        const working = client.blPop('none', 5)
        await Promise.all([working, sleep(100).then(async () => await killed(port))])
      })
    },
    ClientClosedError: {
      'a connection that was killed before, and is not made again': async () => await withRedis(port, async client => {
        const lost = once(client, 'error')
        await killed(port)
        await lost.catch(() => {})
        while (client.isOpen) await sleep(20)
        await get(client)
      })
    },
    ClientOfflineError: {
      'a closed port, without a queue': async () => {
        const client = newClient(closed, { disableOfflineQueue: true, socket: { reconnectStrategy: () => 1000 } as {} })
        client.connect().catch(() => {})
        await sleep(50)
        try {
          await get(client)
        } finally {
          client.destroy()
        }
      }
    },
    ConnectionTimeoutError: {
      'a server that says nothing to TLS': async () => await withRedis(stalled, get, { socket: { tls: true, connectTimeout: 100 } as {} })
    },
    SocketTimeoutError: {
      'a server that says nothing': async () => await withRedis(stalled, get, { socket: { socketTimeout: 100 } as {} })
    }
  })

  await refute(t, {
    'ioredis, a wrong command': async () => await withIoredis({}, async redis => await redis.call('nope')),
    'ioredis, a value of another type': async () => await withIoredis({}, async redis => {
      await redis.set('text', 'a')
      await redis.lpush('text', 'b')
    }),
    'redis, a wrong command': async () => await withRedis(port, async client => await client.sendCommand(['nope'])),
    'redis, a value of another type': async () => await withRedis(port, async client => {
      await client.set('text', 'a')
      await client.lPush('text', 'b')
    })
  })
})
