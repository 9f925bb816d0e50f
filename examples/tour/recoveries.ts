/**
 * Part 3: what goes wrong and comes right by itself, and what must not be tried again.
 */
import { Clock, Console, Effect, Predicate, Schema } from "effect"
import { TencentResponse } from "effect-tencentcloud"
import { TencentGateway } from "effect-tencentcloud/testing"
import { screen } from "../terminal.ts"
import { buyInstance, connect, describeInstances, stopInstances } from "./calls.ts"
import { listing } from "./listing.ts"
import { check, line, title } from "./report.ts"

const codesOf = (requests: ReadonlyArray<TencentGateway.RecordedRequest>) => requests.map(({ code }) => code)

const { TencentGateway: Gateway } = TencentGateway

const withClient = Effect.provide(connect())

// ---------------------------------------------------------------------------------------------------------------------
// The recoveries
// ---------------------------------------------------------------------------------------------------------------------

const burstQuota = 10
const burstCalls = 25

const quotaBurst = Effect.gen(function*() {
  const gateway = yield* Gateway
  yield* gateway.setQuota(burstQuota)
  const start = yield* Clock.currentTimeMillis
  const all = Array.from({ length: burstCalls }, () => Effect.exit(describeInstances()))
  const exits = yield* Effect.all(all, { concurrency: "unbounded" })
  const elapsed = (yield* Clock.currentTimeMillis) - start
  const succeeded = exits.filter(({ _tag }) => _tag === "Success").length
  const refused = codesOf(yield* gateway.requests).filter((code) => code === 4400).length
  yield* line(`  ${succeeded} calls succeeded after ${refused} refusals (4400), in ${(elapsed / 1000).toFixed(1)} s`)
  yield* check("all succeed, though the quota refused some at first", succeeded === burstCalls && refused > 0)
}).pipe(withClient)

const clockError = Effect.gen(function*() {
  const gateway = yield* Gateway
  yield* gateway.setClockSkew("10 minutes")
  yield* describeInstances()
  const first = codesOf(yield* gateway.requests)
  yield* describeInstances().pipe(Effect.repeat({ times: 2 }))
  const next = codesOf(yield* gateway.requests).slice(first.length)
  yield* line(`  the first call got ${first.join(", then ")}; the next three got ${next.join(", ")}`)
  yield* check(
    "the first call meets 4500 once, the next ones do not",
    first.join() === "4500,0" && next.join() === "0,0,0"
  )
}).pipe(withClient)

const lostResponse = Effect.gen(function*() {
  const gateway = yield* Gateway
  const { totalCount: before } = yield* describeInstances()
  yield* gateway.injectFault({ action: "RunInstances", at: "response", response: TencentGateway.connectionReset })
  const error = yield* Effect.flip(buyInstance)
  const outcome = error._tag === "TransportFailure" ? `${error.reason}, outcome ${error.outcome}` : ""
  const sent = (yield* gateway.requests).filter(({ action }) => action === "RunInstances").length
  const executions = yield* gateway.executions("RunInstances")
  yield* line(`  ${error._tag}: ${outcome}; sent ${sent}, executed ${executions}`)
  const { totalCount: after } = yield* describeInstances()
  yield* line(`  looked before buying again: ${before} instances before, ${after} after, so it was bought`)
  yield* check(
    "it is not sent again, and the error says that the outcome is unknown",
    outcome === "ConnectionLost, outcome unknown" && sent === 1 && executions === 1 && after === before + 1
  )
}).pipe(withClient)

const readBatch = TencentResponse.partial(Schema.Unknown)

const brokenBatch = Effect.gen(function*() {
  const { styles } = yield* screen
  const error = yield* Effect.flip(stopInstances("ins-00000001", "ins-00000002", "ins-00000009"))
  const { failed, succeeded } = readBatch(error)
  yield* Console.log(`  ${styles.green("done")}    ${succeeded.map(({ id }) => id).join(", ")}`)
  for (const { error, id } of failed) {
    yield* Console.log(`  ${styles.red("failed")}  ${id}  ${error.code} ${styles.red(error._tag)}`)
  }
  yield* check(
    "one is done, and two have failed with errors of their own",
    error._tag === "PartialSuccess" && succeeded.map(({ id }) => id).join() === "ins-00000001" &&
      failed.map(({ error, id }) => `${id} ${error.code}`).join() === "ins-00000002 5100,ins-00000009 5000"
  )
}).pipe(withClient)

// ---------------------------------------------------------------------------------------------------------------------
// All of them
// ---------------------------------------------------------------------------------------------------------------------

/** What nobody expected breaks a promise too: another error, or a success in its place. */
const unexpected = (error: unknown) =>
  check(`nothing else happens: ${Predicate.hasProperty(error, "_tag") ? error._tag : "it succeeded"}`, false)

const recovery = <E, R>(name: string, steps: Effect.Effect<void, E, R>) =>
  Effect.gen(function*() {
    const { styles } = yield* screen
    yield* Console.log(styles.bold(name))
    yield* Gateway.use(({ reset }) => reset)
    yield* Effect.catch(steps, unexpected)
  })

const all = [
  recovery(`A burst: ${burstCalls} calls at once, where ${burstQuota} are allowed in a second`, quotaBurst),
  recovery("A clock that is 10 minutes wrong", clockError),
  recovery("A purchase whose response is lost", lostResponse),
  recovery("A batch that fails in part", brokenBatch),
  recovery("A listing that meets three kinds of failure, each with a schedule of its own", listing)
]

export const recoveries = Effect.gen(function*() {
  yield* title("3. What the client does about it")
  yield* Effect.forEach(all, (one, index) => index === 0 ? one : Effect.andThen(Console.log(""), one))
})
