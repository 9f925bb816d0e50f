/**
 * `gateway`: serves the API on this machine.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { TencentGateway } from "effect-tencentcloud/testing"
import { Command, Flag } from "effect/cli"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createServer } from "node:http"
import { endWith } from "./exit.ts"
import { jsonFlag } from "./flags.ts"
import { json, oneLine, print } from "./output.ts"

const { testCredential } = TencentGateway

/** A GET may have 32 KB of query. Node alone would refuse it at 16 KB, before the gateway has seen it. */
const maxHeaderSize = 65_536

/** The parameters of a request are not in its line. */
const requestLine = (
  { action, code, executed, fault, message, method, path, status, time }: TencentGateway.RecordedRequest
): string =>
  oneLine(
    [
      new Date(time).toISOString().slice(11, 23),
      method,
      action ?? path,
      status ?? "no response",
      code ?? "-",
      ...(executed ? ["executed"] : []),
      ...(fault === undefined ? [] : [`fault: ${fault}`]),
      ...(message === undefined ? [] : [message])
    ].join("  ")
  )

const requestData = (
  { action, code, executed, fault, message, method, path, status, time }: TencentGateway.RecordedRequest
) => ({ time, method, path, action, status, code, executed, fault, message })

const account = {
  TENCENTCLOUD_SECRET_ID: testCredential.secretId,
  TENCENTCLOUD_SECRET_KEY: Redacted.value(testCredential.secretKey),
  TENCENTCLOUD_REGION: "ap-guangzhou"
}

const banner = (url: string): ReadonlyArray<string> => [
  `The gateway is at ${url}. Its account:`,
  ...Object.entries(account).map(([name, value]) => `  export ${name}=${value}`),
  "Its endpoint, for a client of API 2.0 and of API 3.0:",
  `  TencentClient.layerConfig({ endpoint: new URL("${url}") })`,
  "Ctrl-C stops it. The requests:"
]

export const gateway = Command.make("gateway", {
  port: Flag.Int("port").pipe(
    Flag.withDefault(9520),
    Flag.filter((port) => port >= 0 && port <= 65_535, () => "A port is a number from 0 to 65535"),
    Flag.withDescription("The port to listen on, by default 9520; 0 is a free one")
  ),
  host: Flag.String("host").pipe(
    Flag.withDefault("127.0.0.1"),
    Flag.withDescription("The address to listen on, by default 127.0.0.1")
  ),
  quota: Flag.Int("quota").pipe(
    Flag.withDefault(20),
    Flag.filter((quota) => quota >= 0, () => "A quota is 0 or more"),
    Flag.withDescription("Requests per second for each action, by default 20")
  ),
  balance: Flag.Int("balance").pipe(
    Flag.withDefault(100_000),
    Flag.filter((balance) => balance >= 0, () => "A balance is 0 or more"),
    Flag.withDescription("What the account can spend, in hundredths of a yuan, by default 100000")
  ),
  clockSkew: Flag.Finite("clock-skew").pipe(
    Flag.withDefault(0),
    Flag.withDescription("How many seconds the clock of the gateway is ahead, by default 0")
  ),
  json: jsonFlag
}, ({ balance, clockSkew, host, json: asJson, port, quota }) => {
  const live = TencentGateway.layer({
    quota,
    balance,
    clockSkew: Duration.seconds(clockSkew),
    onRequest: (request) => Console.log(asJson ? json(requestData(request)) : requestLine(request))
  }).pipe(
    Layer.provide(NodeHttpServer.layerServer(() => createServer({ maxHeaderSize }), {
      host,
      port,
      gracefulShutdownTimeout: "1 second"
    }))
  )
  return TencentGateway.TencentGateway.use(({ url }) =>
    Effect.andThen(print("stdout", asJson ? [json({ url, ...account })] : banner(url)), Effect.never)
  ).pipe(
    Effect.provide(live),
    Effect.catchTag(
      "ServeError",
      ({ cause }) =>
        endWith(
          "failure",
          `Cannot listen on ${host}:${port}: ${cause instanceof Error ? cause.message : String(cause)}`
        )
    ),
    Effect.onInterrupt(() => Console.error("The gateway has stopped."))
  )
}).pipe(
  Command.withDescription(
    "Serves the API on this machine, for tests and demonstrations without an account: it checks signatures, has a few instances " +
      "and money to buy more, and prints each request without its parameters. It runs until Ctrl-C."
  ),
  Command.withShortDescription("Serves the API on this machine, without an account"),
  Command.withExamples([
    { command: "effect-tencentcloud-cli gateway", description: "On port 9520" },
    {
      command: "effect-tencentcloud-cli gateway --port 0 --json",
      description: "On a free port, which the first line names"
    }
  ])
)
