/**
 * How many requests a call makes that fails every time, alone and inside the other retries that can be put around it.
 * Retries inside retries multiply, and a server in trouble pays for it.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TencentClient, TencentCredentials, type TencentError, TencentRetry } from "../library.ts"
import { Engine, Rng } from "./engine.ts"
import * as http from "./http.ts"
import { DescribeInstances, RunInstances } from "./library.ts"
import { services } from "./virtual.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Failures
// ---------------------------------------------------------------------------------------------------------------------

interface Kind {
  readonly name: string
  /** The response to an attempt, by its number, or silence. */
  readonly respond: (attempt: number, now: number) => http.Received | undefined
  /** Bounded by time and not by a count: quotas. */
  readonly byTime?: true
}

const envelope = (code: number, message = ""): string => JSON.stringify({ code, message, codeDesc: "" })

const responds = (code: number, message?: string): Kind => ({
  name: String(code),
  respond: (_, now) => ({ status: 200, text: envelope(code, message), date: now })
})

const connection = (code: string): Kind => ({ name: code, respond: () => ({ code }) })

const status = (status: number): Kind => ({
  name: `HTTP ${status}`,
  respond: () => ({ status, text: "<html>no response of the API</html>" })
})

const quotaText =
  "Your current request times equals to `41` in a second, which exceeds the frequency limit `40` for a second"

export const kinds: ReadonlyArray<Kind> = [
  responds(4100),
  responds(4104),
  responds(4105),
  responds(4500),
  // The date moves with every response, so the clock of the client is corrected each time and never right.
  { name: "4500, date off", respond: (n) => ({ status: 200, text: envelope(4500), date: n * 3_600_000 }) },
  responds(5100),
  responds(6000),
  responds(6200),
  connection("ECONNREFUSED"),
  connection("EAI_AGAIN"),
  connection("ENOTFOUND"),
  connection("UND_ERR_CONNECT_TIMEOUT"),
  connection("ECONNRESET"),
  { name: "no response", respond: () => undefined },
  { name: "response cut", respond: () => ({ status: 200, text: "{\"code\":0,", cut: true }) },
  { name: "not JSON", respond: () => ({ status: 200, text: "<html>sign in to the network</html>" }) },
  status(408),
  status(500),
  status(502),
  status(503),
  { ...responds(4400, quotaText), byTime: true },
  { ...status(429), byTime: true }
]

// ---------------------------------------------------------------------------------------------------------------------
// Compositions
// ---------------------------------------------------------------------------------------------------------------------

type Call = Effect.Effect<unknown, TencentError.TencentError | TencentClient.ClientError>

interface Composition {
  readonly name: string
  readonly around: (call: Call) => Call
  readonly changes?: true
  readonly retry?: TencentClient.Options["retry"]
}

/** Every failure that may pass, on its named schedule. */
const table = TencentRetry.byKind({
  credentials: TencentRetry.credentials,
  throttled: TencentRetry.throttled,
  replay: TencentRetry.replay,
  operationFailed: TencentRetry.transient,
  internal: TencentRetry.transient,
  unavailable: TencentRetry.maintenance,
  transport: TencentRetry.transient,
  malformed: TencentRetry.transient
})

const alone = (call: Call): Call => call

export const compositions: ReadonlyArray<Composition> = [
  { name: "call", around: alone },
  { name: "call, changing", around: alone, changes: true },
  { name: "TencentRetry.retry(idempotent)", around: TencentRetry.retry(TencentRetry.idempotent) },
  {
    name: "Effect.retry(schedule(idempotent))",
    around: (call) => Effect.retry(call, TencentRetry.schedule(TencentRetry.idempotent))
  },
  { name: "retry: byKind(...)", around: alone, retry: table },
  {
    name: "retry: byKind(...), in retry(idempotent)",
    around: TencentRetry.retry(TencentRetry.idempotent),
    retry: table
  }
]

// ---------------------------------------------------------------------------------------------------------------------
// Counting
// ---------------------------------------------------------------------------------------------------------------------

/** Longer than any call or retry around it lasts. */
const longest = 3_600_000

let issued = 0

/** Keys that are other ones each time, so that refused ones are worth a retry. */
const rotating = TencentCredentials.layerRefreshing(
  Effect.sync(() => ({ secretId: `AKID${++issued}`, secretKey: Redacted.make("a-secret-key") }))
)

/**
 * The requests of one call. Timeouts are short, so that a deadline does not end what a count should end; and there is
 * no budget, because one with tokens left, as of a busy client, would allow the same.
 */
export const count = (kind: Kind, composition: Composition): number => {
  const engine = new Engine()
  const run = Effect.runForkWith(services(engine, new Rng(1, "jitter")))
  let requests = 0
  const wire = http.client((_, respond) => {
    const received = kind.respond(requests++, engine.now)
    if (received !== undefined) engine.after(20, () => respond(received))
  })
  const layer = TencentClient.layer({
    region: "ap-guangzhou",
    attemptTimeout: "1 second",
    ...(composition.retry !== undefined && { retry: composition.retry })
  }).pipe(
    Layer.provide([rotating, Layer.succeed(HttpClient.HttpClient, wire), TencentRetry.Budget.none])
  )
  const program = Effect.flatMap(
    TencentClient.TencentClient,
    ({ call }) => composition.around(call(composition.changes ? RunInstances : DescribeInstances, { callId: 0 }))
  )
  const fiber = run(Effect.exit(Effect.provide(program, layer)))
  engine.run(longest)
  if (fiber.pollUnsafe() === undefined) throw new Error(`${kind.name}, ${composition.name}: never ended`)
  return requests
}
