/**
 * A server of event streams over real HTTP: it responds by a function, counts requests, and knows which responses their clients
 * have closed.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { once } from "node:events"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export const eventStream = { "content-type": "text/event-stream; charset=utf-8" }

export const dataLine = (event: unknown): string => `data: ${JSON.stringify(event)}\n\n`

export interface EventServer {
  readonly url: URL
  /** The bodies of the requests so far. */
  readonly requests: ReadonlyArray<string>
  /** How many responses ended because their client went away. */
  readonly closed: () => number
}

/** Responds to the request `index` of its life, from 0. Lives as long as the scope. */
export const eventServer = (
  respond: (response: Http.ServerResponse, index: number) => void
): Effect.Effect<EventServer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const requests: Array<string> = []
    let closed = 0
    const server = Http.createServer((request, response) => {
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => body += text).on("end", () => {
        response.on("close", () => {
          if (!response.writableFinished) closed++
        })
        respond(response, requests.push(body) - 1)
      })
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening")),
      () => Effect.sync(() => (server.closeAllConnections(), server.close()))
    )
    const { port } = server.address() as AddressInfo
    return { url: new URL(`http://127.0.0.1:${port}`), requests, closed: () => closed }
  })
