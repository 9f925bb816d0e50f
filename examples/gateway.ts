/**
 * The gateway as a program: `npm run build && node examples/gateway.ts --port 9520`.
 *
 * It serves API 2.0 and API 3.0 on this machine, prints how to reach both, and one line for each request, without parameters. It
 * stops on Ctrl-C. The exit code is 1 when the port cannot be had, and 2 when the arguments are wrong.
 */
import { NodeHttpServer } from "@effect/platform-node"
import { Clock, Console, Data, Duration, Effect, Layer, Redacted, Runtime } from "effect"
import { TencentGateway } from "effect-tencentcloud/testing"
import * as V2 from "effect-tencentcloud/v2"
import * as V3 from "effect-tencentcloud/v3"
import { Command, Flag } from "effect/cli"
import { createServer } from "node:http"
import { runMain } from "./main.ts"

const { testCredential } = TencentGateway

/** A GET may have 32 KB of query. Node alone would refuse it at 16 KB, before the gateway has seen it. */
const maxHeaderSize = 65_536

class NotServed extends Data.TaggedError("NotServed")<{ readonly message: string }> {
  override readonly [Runtime.errorReported] = false
}

// ---------------------------------------------------------------------------------------------------------------------
// Output
// ---------------------------------------------------------------------------------------------------------------------

/** A request must not move the cursor of whoever reads its line. */
const controls = /\p{Cc}/gu

const requestLine = (
  { action, code, executed, fault, message, method, path, status, time }: TencentGateway.RecordedRequest
) =>
  [
    new Date(time).toISOString().slice(11, 23),
    method,
    action ?? path,
    status ?? "no response",
    code ?? "-",
    ...(executed ? ["executed"] : []),
    ...(fault === undefined ? [] : [`fault: ${fault}`]),
    ...(message === undefined ? [] : [message])
  ].join("  ").replace(controls, "?")

/** A listing that is signed for the gateway's clock. The nonce can be used once. */
const signedUrl = (url: string, now: number): string => {
  const { host, hostname, pathname } = new URL("/v2/index.php", url)
  const parameters: { [name: string]: string } = {
    Action: "DescribeInstances",
    Nonce: String(1 + now % 1_000_000_000),
    Region: "ap-guangzhou",
    SecretId: testCredential.secretId,
    SignatureMethod: "HmacSHA256",
    Timestamp: String(Math.floor(now / 1000))
  }
  const request = { method: "GET", host: hostname, path: pathname, parameters } as const
  const Signature = V2.TencentSignature.sign(request, {
    secretKey: testCredential.secretKey,
    signatureMethod: "HmacSHA256"
  })
  return `http://${host}${pathname}?${new URLSearchParams({ ...parameters, Signature })}`
}

/** The headers of a listing of API 3.0 that is signed for the gateway's clock. */
const signedHeaders = (url: string, now: number): ReadonlyArray<string> => {
  const timestamp = Math.floor(now / 1000)
  const contentType = "application/json"
  const request = {
    method: "POST",
    service: "cvm",
    host: new URL(url).hostname,
    query: "",
    contentType,
    body: "{}",
    timestamp
  } as const
  return [
    `Authorization: ${V3.TencentSignature.authorization(request, testCredential)}`,
    `Content-Type: ${contentType}`,
    "X-TC-Action: DescribeInstances",
    "X-TC-Version: 2017-03-12",
    "X-TC-Region: ap-guangzhou",
    `X-TC-Timestamp: ${timestamp}`
  ]
}

const forwarded = "x-forwarded-proto: https"

const banner = Effect.fnUntraced(function*(url: string, clockSkew: Duration.Duration, requireHttps: boolean) {
  const now = (yield* Clock.currentTimeMillis) + Duration.toMillis(clockSkew)
  const header = requireHttps ? `-H '${forwarded}' ` : ""
  yield* Console.log(
    [
      `The gateway is at ${url}`,
      "Its credential is TencentGateway.testCredential. For a client that reads the environment:",
      "  export TENCENTCLOUD_REGION=ap-guangzhou",
      `  export TENCENTCLOUD_SECRET_ID=${testCredential.secretId}`,
      `  export TENCENTCLOUD_SECRET_KEY=${Redacted.value(testCredential.secretKey)}`,
      `  TencentClient.layerConfig({ endpoint: new URL("${url}") })`,
      "The client calls actions of API 2.0 (effect-tencentcloud/v2) and of API 3.0 (effect-tencentcloud/v3) there.",
      "API 2.0, signed for the next five minutes; the second time it is a replay (4500):",
      `  curl ${header}'${signedUrl(url, now)}'`,
      "API 3.0, signed for the next five minutes:",
      `  curl ${header}${signedHeaders(url, now).map((one) => `-H '${one}'`).join(" ")} -d '{}' ${url}`,
      "The keys of a role, as the metadata service of a machine has them:",
      `  curl ${url}/latest/meta-data/cam/security-credentials/gateway-role\n`
    ].join("\n")
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// The command
// ---------------------------------------------------------------------------------------------------------------------

const flags = {
  port: Flag.Int("port").pipe(
    Flag.withDefault(9520),
    Flag.filter((port) => port >= 0 && port <= 65_535, () => "a port from 0 to 65535"),
    Flag.withDescription("The port to listen on, 0 for a free one (default 9520)")
  ),
  host: Flag.String("host").pipe(
    Flag.withDefault("127.0.0.1"),
    Flag.withDescription("The address to listen on (default 127.0.0.1)")
  ),
  clockSkew: Flag.Finite("clock-skew").pipe(
    Flag.withDefault(0),
    Flag.withDescription("How many seconds the gateway's clock is ahead of this machine's (default 0)")
  ),
  quota: Flag.Int("quota").pipe(
    Flag.withDefault(20),
    Flag.withDescription("Requests per second for each action (default 20)")
  ),
  balance: Flag.Int("balance").pipe(
    Flag.withDefault(100_000),
    Flag.withDescription("What the account can spend, in fen, a hundredth of a yuan (default 100000)")
  ),
  requireHttps: Flag.Boolean("require-https").pipe(
    Flag.withDefault(false),
    Flag.withDescription(`Refuse requests without the header ${forwarded}; TencentClient does not send it`)
  )
}

const gateway = Command.make("gateway", flags, ({ clockSkew: seconds, host, port, ...options }) => {
  const clockSkew = Duration.seconds(seconds)
  const live = TencentGateway.layer({
    ...options,
    clockSkew,
    onRequest: (request) => Console.log(requestLine(request))
  }).pipe(Layer.provide(NodeHttpServer.layerServer(() => createServer({ maxHeaderSize }), { host, port })))
  return TencentGateway.TencentGateway.use(({ url }) =>
    Effect.andThen(banner(url, clockSkew, options.requireHttps), Effect.never)
  ).pipe(
    Effect.provide(live),
    Effect.catchTag(
      "ServeError",
      ({ cause }) => new NotServed({ message: cause instanceof Error ? cause.message : String(cause) })
    ),
    Effect.tapErrorTag("NotServed", ({ message }) => Console.error(message)),
    Effect.onInterrupt(() => Console.log("\nThe gateway has stopped."))
  )
}).pipe(Command.withDescription("Serves API 2.0 and API 3.0 on this machine, for tests and demonstrations"))

runMain(gateway)
