/**
 * How many requests a call makes that fails every time, alone and inside the other retries that can be put around it.
 * Retries inside retries multiply, and a server in trouble is who pays.
 */
import { TencentRetry } from "effect-tencentcloud"
import { TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Engine, Rng } from "./engine.ts"
import * as http from "./http.ts"
import { DescribeInstances, RunInstances } from "./library.ts"
import { services } from "./virtual.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Failures
// ---------------------------------------------------------------------------------------------------------------------

interface Kind {
  readonly name: string
  /** The reply to an attempt, by its number, or silence. */
  readonly reply: (attempt: number, now: number) => http.Reply | undefined
  /** Bounded by time and not by a count: quotas. */
  readonly byTime?: true
}

const envelope = (code: number, message = ""): string => JSON.stringify({ code, message, codeDesc: "" })

const answers = (code: number, message?: string): Kind => ({
  name: String(code),
  reply: (_, now) => ({ status: 200, text: envelope(code, message), date: now })
})

const connection = (code: string): Kind => ({ name: code, reply: () => ({ code }) })

const status = (status: number): Kind => ({
  name: `HTTP ${status}`,
  reply: () => ({ status, text: "<html>no answer of the API</html>" })
})

const quotaText =
  "Your current request times equals to `41` in a second, which exceeds the frequency limit `40` for a second"

export const kinds: ReadonlyArray<Kind> = [
  answers(4100),
  answers(4104),
  answers(4105),
  answers(4500),
  // The date moves with every answer, so the clock of the client is corrected each time and never right.
  { name: "4500, date off", reply: (n) => ({ status: 200, text: envelope(4500), date: n * 3_600_000 }) },
  answers(5100),
  answers(6000),
  answers(6200),
  connection("ECONNREFUSED"),
  connection("EAI_AGAIN"),
  connection("ENOTFOUND"),
  connection("UND_ERR_CONNECT_TIMEOUT"),
  connection("ECONNRESET"),
  { name: "no answer", reply: () => undefined },
  { name: "answer cut", reply: () => ({ status: 200, text: "{\"code\":0,", cut: true }) },
  { name: "not JSON", reply: () => ({ status: 200, text: "<html>sign in to the network</html>" }) },
  status(408),
  status(500),
  status(502),
  status(503),
  { ...answers(4400, quotaText), byTime: true },
  { ...status(429), byTime: true }
]

/** Failures of several retry classes in turns, as of a server that goes down while it is being closed. */
export const turns: ReadonlyArray<Kind> = [
  {
    name: "6000, 6200 in turns",
    reply: (n, now) => ({ status: 200, text: envelope(n % 2 === 0 ? 6000 : 6200), date: now })
  },
  {
    name: "6000, 6200, 4500, 4100 in turns",
    reply: (n, now) => ({ status: 200, text: envelope([6000, 6200, 4500, 4100][n % 4]!), date: now })
  }
]

// ---------------------------------------------------------------------------------------------------------------------
// Compositions
// ---------------------------------------------------------------------------------------------------------------------

type Call = Effect.Effect<unknown, TencentClient.CallError>

interface Composition {
  readonly name: string
  readonly around: (call: Call) => Call
  readonly changes?: true
  readonly retry?: TencentClient.Options["retry"]
}

/** Every failure that may pass, on its named schedule. */
const table = TencentRetry.make({
  AuthenticationFailed: TencentRetry.credentials,
  SecretIdNotFound: TencentRetry.credentials,
  InvalidToken: TencentRetry.credentials,
  QuotaExceeded: TencentRetry.throttled,
  ReplayAttack: TencentRetry.replay,
  ResourceOperationFailed: TencentRetry.transient,
  InternalError: TencentRetry.transient,
  ApiUnavailable: TencentRetry.maintenance,
  TransportFailure: TencentRetry.transient,
  UnexpectedStatus: TencentRetry.transient,
  MalformedResponse: TencentRetry.transient
})

const alone = (call: Call): Call => call

export const compositions: ReadonlyArray<Composition> = [
  { name: "call", around: alone },
  { name: "call, changing", around: alone, changes: true },
  { name: "TencentRetry.retry(readOnly)", around: TencentRetry.retry(TencentRetry.idempotent) },
  {
    name: "Effect.retry(schedule(readOnly))",
    around: (call) => Effect.retry(call, TencentRetry.schedule(TencentRetry.idempotent))
  },
  { name: "retry: make(...)", around: alone, retry: table },
  { name: "retry: make(...), in retry(readOnly)", around: TencentRetry.retry(TencentRetry.idempotent), retry: table }
]

/** A policy with a table of its own around a client that retries by itself. Not a goal: what it costs to do so. */
export const doubled: Composition = { name: "call in retry(make(...))", around: TencentRetry.retry(table) }

// ---------------------------------------------------------------------------------------------------------------------
// Counting
// ---------------------------------------------------------------------------------------------------------------------

/** Longer than any call or retry around it lasts. */
const longest = 3_600_000

let issued = 0

/** Keys that are other ones each time, so that refused ones are worth a retry. */
const rotating = TencentCredentials.layerRefreshing(
  Effect.sync(() => ({ secretId: `AKID${++issued}`, secretKey: Redacted.make("a secret") }))
)

/**
 * The requests of one call. Timeouts are short, so that a deadline does not end what a count should end; and there is
 * no budget, because one with tokens left, as of a busy client, would allow the same.
 */
export const count = (kind: Kind, composition: Composition): number => {
  const engine = new Engine()
  const run = Effect.runForkWith(services(engine, new Rng(1, "jitter")))
  let requests = 0
  const wire = http.client((_, reply) => {
    const answer = kind.reply(requests++, engine.now)
    if (answer !== undefined) engine.after(20, () => reply(answer))
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
