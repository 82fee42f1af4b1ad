import type { ServerOptions as HttpOptions } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import { attribute } from '../refusal/attribution.ts'
import { refuseConnection } from './connection.ts'
import { badRequest, StatusError } from '../contract/errors.ts'
import { trackedResponse } from './exchanges.ts'
import { refuse } from '../refusal/refuse.ts'

type ServerOptions = Pick<FastifyServerOptions, 'allowErrorHandlerOverride' | 'frameworkErrors' | 'clientErrorHandler' | 'requestTimeout'> & { http?: object | null, https?: object | boolean | null }

/** What Fastify can't route, by the code of its error, whose message holds the path. */
const unroutable: Readonly<Record<string, StatusError>> = {
  FST_ERR_BAD_URL: badRequest('The path is not valid percent-encoding.', { code: 'BAD_URL' }),
  FST_ERR_MAX_PARAM_LENGTH: new StatusError(414, 'A parameter of the path is too long.')
}

/**
 * Options for `Fastify()` that bring into the contract what is answered before any plugin runs: HTTP that can't be read,
 * paths that can't be routed, requests without `Host`, and requests that arrive while closing. The answers are those of
 * the plugin at the root, or else its default ones. A body must have come within a minute. By
 * default, Fastify 6 lets a scope set its error handler only once; with these options the plugin sets one, and you another.
 *
 * @param options your own. Your `frameworkErrors` and `clientErrorHandler` run first, and answer if they do so at once;
 * `return503OnClosing` and `requireHostHeader` are the contract's
 */
export function statusServerOptions<Options extends object = {}> (options: Options & ServerOptions = {} as Options): Options {
  const { allowErrorHandlerOverride = true, frameworkErrors, clientErrorHandler, https } = options
  const transport = https ? 'https' : 'http'
  const own = Object(options[transport]) as HttpOptions
  return {
    requestTimeout: 60_000,
    ...options,
    allowErrorHandlerOverride,
    [transport]: { ...own, requireHostHeader: false, ServerResponse: trackedResponse(own.ServerResponse) },
    return503OnClosing: false,

    frameworkErrors (error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
      frameworkErrors?.(error, request, reply)
      if (!reply.sent) refuse(unroutable[error.code] ?? attribute(error), error, request, reply)
    },

    clientErrorHandler (this: FastifyInstance, ...[error, socket]: Parameters<NonNullable<FastifyServerOptions['clientErrorHandler']>>) {
      const { bytesWritten } = socket
      clientErrorHandler?.call(this, error, socket)
      if (socket.bytesWritten === bytesWritten) refuseConnection(this, error, socket)
    }
  }
}
