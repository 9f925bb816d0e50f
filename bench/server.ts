/**
 * The other end of the client benchmark: a keep-alive server on the loopback address, over HTTP and over HTTPS, in a process of
 * its own so that its work is not counted. Its response to every request is the same success, of API 3.0 where the request is
 * one, else of API 2.0; at the path of events it is a stream of them. It checks nothing.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { createServer, type RequestListener, type ServerResponse } from "node:http"
import { createServer as createTlsServer } from "node:https"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { selfSigned } from "../test/support/certificate.ts"

/** What the responses hold: two instances, about 500 bytes. */
export const page = {
  totalCount: 2,
  instanceSet: [1, 2].map((i) => ({
    unInstanceId: `ins-a1b2c3d${i}`,
    instanceName: `worker-${i}`,
    status: 2,
    cpu: 4,
    mem: 8,
    zoneName: "ap-guangzhou-3",
    lanIp: `10.0.0.${i}`,
    wanIpSet: [`203.0.113.${i}`],
    createTime: "2016-10-12 12:12:57",
    autoRenew: 1
  }))
}

const version2 = Buffer.from(JSON.stringify({ code: 0, message: "", codeDesc: "Success", ...page }))
const version3 = Buffer.from(
  JSON.stringify({ Response: { ...page, RequestId: "e7c3a1de-5b0f-4a36-9a54-0d2f9c1f4b5a" } })
)

/** The path of a stream. */
export const eventsPath = "/events"

/** How many events the stream has, of 130 bytes each, as a language model sends them. */
export const eventCount = 20_000

const event = Buffer.from(
  `data: ${
    JSON.stringify({
      Created: 1710902312,
      Id: "e4657570",
      Choices: [{ Delta: { Role: "assistant", Content: "Hello" } }]
    })
  }`
    .padEnd(128) + "\n\n"
)

/** Whole events in chunks of about 64 kB. */
const eventChunk = Buffer.concat(Array.from({ length: 500 }, () => event))

const sendEvents = (response: ServerResponse): void => {
  response.writeHead(200, { "content-type": "text/event-stream" })
  for (let sent = 0; sent < eventCount; sent += 500) response.write(eventChunk)
  response.end()
}

interface Ports {
  readonly http: number
  /** Not where `openssl` is missing, which makes the certificate. */
  readonly https?: { readonly port: number; readonly cert: string }
}

const respond: RequestListener = (request, response) => {
  if (request.url === eventsPath) return void request.resume().on("end", () => sendEvents(response))
  const body = request.headers["x-tc-action"] === undefined ? version2 : version3
  request.resume().on("end", () => {
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body)
  })
}

const listen = async (server: ReturnType<typeof createServer>): Promise<number> => {
  // longer than any run
  server.keepAliveTimeout = 600_000
  await once(server.listen(0, "127.0.0.1"), "listening")
  return (server.address() as AddressInfo).port
}

const serve = async (): Promise<void> => {
  const certificate = selfSigned("IP:127.0.0.1")
  const ports: Ports = {
    http: await listen(createServer(respond)),
    ...(certificate && { https: { port: await listen(createTlsServer(certificate, respond)), cert: certificate.cert } })
  }
  process.send?.(ports)
  process.on("disconnect", () => process.exit())
}

/** Starts the server. `stop` ends its process. */
export const start = async (): Promise<{ readonly ports: Ports; readonly stop: () => void }> => {
  const child = fork(fileURLToPath(import.meta.url), { execArgv: [] })
  const [ports] = await once(child, "message") as [Ports]
  return { ports, stop: () => child.disconnect() }
}

if (import.meta.main) await serve()
