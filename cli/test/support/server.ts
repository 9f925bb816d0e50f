/**
 * A server of API 3.0 over HTTP on the loopback. It responds by a function and keeps the requests.
 */
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A body to respond with, `break` to close the connection, or nothing, which leaves the request open. */
export type Respond = (received: Received, index: number) => string | undefined

export interface Server extends AsyncDisposable {
  readonly url: string
  readonly received: ReadonlyArray<Received>
  /** Until so many requests have come. */
  readonly until: (count: number) => Promise<void>
}

/** The body of a success. */
export const success = (members: object = {}): string => JSON.stringify({ Response: { ...members, RequestId: "r-1" } })

/** The body of a failure. */
export const failure = (code: string, message = `message of ${code}`): string =>
  JSON.stringify({ Response: { Error: { Code: code, Message: message }, RequestId: "r-1" } })

export const serve = async (respond: Respond, status = 200): Promise<Server> => {
  const received: Array<Received> = []
  const waiting: Array<() => void> = []
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (text: string) => void (body += text))
    request.on("end", () => {
      received.push({ headers: request.headers, body })
      for (const look of waiting) look()
      const text = respond({ headers: request.headers, body }, received.length - 1)
      if (text === "break") request.socket.destroy()
      else if (text !== undefined) response.writeHead(status, { "content-type": "application/json" }).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    until: (count) =>
      new Promise((resolve) => {
        const look = () => void (received.length >= count && resolve())
        waiting.push(look)
        look()
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
}
