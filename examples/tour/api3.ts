/**
 * Part 4: API 3.0, from the same gateway and through the same client.
 */
import { Console, Effect, Redacted, Result, Schedule, Stream } from "effect"
import { Failure, TencentRetry } from "effect-tencentcloud"
import { TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import { ErrorCode } from "effect-tencentcloud/v3"
import { type Cell, type Column, screen, type Styles, table } from "../terminal.ts"
import * as V2 from "./calls.ts"
import { connect } from "./calls.ts"
import {
  buyInstance,
  callElsewhere,
  chat,
  describeInstances,
  listInstances,
  misspeltCall,
  outdatedCall,
  stopInstances
} from "./callsV3.ts"
import { check, checkAll, line, title } from "./report.ts"

const { TencentGateway: Gateway, testCredential } = TencentGateway
const { secretId } = testCredential

const withoutRetries = connect({ retry: TencentRetry.make({}) })

// ---------------------------------------------------------------------------------------------------------------------
// The common codes
// ---------------------------------------------------------------------------------------------------------------------

interface Way {
  readonly how: string
  readonly call: ReturnType<typeof describeInstances> | ReturnType<typeof buyInstance> | typeof misspeltCall
  /** What is changed about the gateway first. */
  readonly prepare?: (gateway: TencentGateway.TencentGateway["Service"]) => Effect.Effect<void>
  readonly client?: typeof withoutRetries
}

/** The gateway treats the test credential in another way. */
const treat = (fields: Partial<TencentGateway.Credential>) => (gateway: TencentGateway.TencentGateway["Service"]) =>
  gateway.setCredential({ ...testCredential, ...fields })

const withKey = (key: string) =>
  connect(
    { retry: TencentRetry.make({}) },
    TencentCredentials.layer({ secretId, secretKey: Redacted.make(key) })
  )

/** How a gateway comes to a code by itself. */
const ways: { readonly [C in ErrorCode.Code]?: Way } = {
  "AuthFailure.MFAFailure": {
    how: "keys that need a second factor",
    prepare: treat({ mfaRequired: true }),
    call: describeInstances()
  },
  "AuthFailure.SecretIdNotFound": {
    how: "a SecretId that was disabled",
    prepare: (gateway) => gateway.disableSecret(secretId),
    call: describeInstances()
  },
  "AuthFailure.SignatureExpire": {
    how: "a clock that is 10 minutes wrong, and no retries",
    prepare: (gateway) => gateway.setClockSkew("10 minutes"),
    call: describeInstances()
  },
  "AuthFailure.SignatureFailure": {
    how: "signed with another key",
    call: describeInstances(),
    client: withKey("another-key")
  },
  "AuthFailure.TokenFailure": {
    how: "temporary keys without their token",
    prepare: treat({ token: Redacted.make("token") }),
    call: describeInstances()
  },
  "AuthFailure.UnauthorizedOperation": {
    how: "a sub-account may not buy",
    prepare: treat({ denied: { actions: ["RunInstances"] } }),
    call: buyInstance()
  },
  "DryRunOperation": { how: "a dry run that would have succeeded", call: buyInstance({ DryRun: true }) },
  "InvalidAction": { how: "an action with a misspelt name", call: misspeltCall },
  "InvalidParameterValue": { how: "a page of 1,000 instances", call: describeInstances({ Limit: 1_000 }) },
  "NoSuchProduct": { how: "a service that does not exist", call: callElsewhere },
  "NoSuchVersion": { how: "a version that does not exist", call: outdatedCall },
  "RequestLimitExceeded": {
    how: "no quota",
    prepare: (gateway) => gateway.setQuota(0),
    call: describeInstances()
  },
  "ServiceUnavailable": {
    how: "closed for maintenance",
    prepare: (gateway) => gateway.setMaintenance("RunInstances", true),
    call: buyInstance()
  },
  "UnauthorizedOperation": {
    how: "a blocked account",
    prepare: treat({ blocked: true }),
    call: describeInstances()
  },
  "UnknownParameter": { how: "a parameter that does not exist", call: describeInstances({ Page: 1 }) },
  "UnsupportedProtocol": {
    how: "HTTP where HTTPS is required",
    prepare: (gateway) => gateway.setRequireHttps(true),
    call: describeInstances()
  },
  "UnsupportedRegion": {
    how: "a region that does not exist",
    call: describeInstances(),
    client: connect({ retry: TencentRetry.make({}), region: "ap-moon" })
  }
}

const injected = (code: ErrorCode.Code): Way => ({
  how: "an injected fault",
  prepare: (gateway) => gateway.injectFault({ response: TencentGateway.apiError(code) }),
  call: describeInstances()
})

const play = Effect.fnUntraced(function*({ code, kind }: ErrorCode.CatalogueRow) {
  const gateway = yield* Gateway
  yield* gateway.reset
  const way = ways[code] ?? injected(code)
  if (way.prepare !== undefined) yield* way.prepare(gateway)
  const result = yield* Effect.result(Effect.provide(way.call, way.client ?? withoutRetries))
  const error = Result.isFailure(result) ? result.failure : undefined
  const [request, ...others] = yield* gateway.requests
  const isAsPromised = error?._tag === code && error.kind === kind && request?.code === code && others.length === 0
  return { code, error, how: way.how, isAsPromised }
})

type Played = Effect.Success<ReturnType<typeof play>>

const columns: ReadonlyArray<Column> = [
  { title: "code" },
  { title: "kind" },
  { title: "outcome" },
  { title: "how it came about" }
]

const row = ({ code, error, how }: Played, styles: Styles): ReadonlyArray<Cell> => [
  { text: code, style: styles.red },
  { text: error?.kind ?? "" },
  { text: error?.outcome ?? "" },
  { text: how }
]

const commonCodes = Effect.gen(function*() {
  const { styles, width } = yield* screen
  const played = yield* Effect.forEach(ErrorCode.catalogue, play)
  const lines = table(columns, played.map((one) => row(one, styles)), { width, header: styles.bold })
  yield* Effect.forEach(lines, (line) => Console.log(line))
  yield* Console.log("")
  yield* checkAll(
    `each of the ${ErrorCode.catalogue.length} common codes came as its own tag, with its kind, after one request`,
    played.filter(({ isAsPromised }) => !isAsPromised).map(({ code, error }) => `${code}: it was ${error?._tag}`)
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// One handler for both generations
// ---------------------------------------------------------------------------------------------------------------------

const gone = Failure.catchKind("notFound", ({ code }) => Effect.succeed(`gone (${code})`))

const stopInEither = Effect.gen(function*() {
  const before = yield* V2.stopInstances("ins-00000009").pipe(Effect.as("stopped"), gone)
  const after = yield* stopInstances("ins-00000009").pipe(Effect.as("stopped"), gone)
  yield* line(`  API 2.0: ${before}; API 3.0: ${after}`)
  yield* check(
    "one handler by kind catches the codes of both",
    before === "gone (5000)" && after === "gone (InvalidInstanceId.NotFound)"
  )
}).pipe(Effect.provide(connect()))

// ---------------------------------------------------------------------------------------------------------------------
// A purchase
// ---------------------------------------------------------------------------------------------------------------------

const patient = connect({ retry: TencentRetry.byKind({ transport: Schedule.spaced("50 millis") }) })

const purchase = Effect.gen(function*() {
  const gateway = yield* Gateway
  const before = yield* gateway.balance
  yield* gateway.injectFault({ at: "response", response: TencentGateway.connectionReset, times: 2 })
  const { InstanceIdSet } = yield* buyInstance()
  const requests = yield* gateway.requests
  const tokens = new Set(requests.map(({ parameters }) => parameters["ClientToken"]))
  const paid = before - (yield* gateway.balance)
  yield* line(
    `  ${requests.length} requests with ${tokens.size} ClientToken, ` +
      `${yield* gateway.executions("RunInstances")} executed; bought ${InstanceIdSet.join()}, paid ${paid} fen`
  )
  yield* check(
    "it is sent again with its token, and bought once",
    requests.length === 3 && tokens.size === 1 && InstanceIdSet.length === 1 && paid === 2_000
  )
}).pipe(Effect.provide(patient))

// ---------------------------------------------------------------------------------------------------------------------
// Pages
// ---------------------------------------------------------------------------------------------------------------------

const pages = Effect.gen(function*() {
  const gateway = yield* Gateway
  yield* buyInstance({ InstanceCount: 5 })
  const bought = (yield* gateway.requests).length
  yield* gateway.injectFault({ request: 2, response: TencentGateway.apiError("InternalError") })
  const ids = yield* Stream.runCollect(listInstances(3))
  const requests = (yield* gateway.requests).slice(bought)
  const offsets = requests.map(({ code, parameters }) => `${parameters["Offset"]}${code === 0 ? "" : ` (${code})`}`)
  yield* line(`  ${ids.length} instances, from the offsets ${offsets.join(", ")}`)
  yield* check(
    "each instance comes once, and a page that failed was asked for again",
    new Set(ids).size === 7 && ids.length === 7 && offsets.join() === "0,3 (InternalError),3,6"
  )
}).pipe(Effect.provide(connect()))

// ---------------------------------------------------------------------------------------------------------------------
// Events
// ---------------------------------------------------------------------------------------------------------------------

const sentence = "what has come is kept and nothing is sent twice"

const events = Effect.gen(function*() {
  const gateway = yield* Gateway
  const whole = yield* Stream.mkString(chat(sentence))
  yield* gateway.injectFault({ at: "response", response: TencentGateway.truncatedBody })
  const words: Array<string> = []
  const error = yield* Effect.flip(Stream.runForEach(chat(sentence), (word) => Effect.sync(() => words.push(word))))
  const heard = words.join("")
  yield* line(`  heard "${heard.trim()}", then ${error._tag}, outcome ${error.outcome}`)
  yield* check(
    "what came before the break is there, then a typed failure, and nothing is sent again",
    whole === sentence && heard !== "" && sentence.startsWith(heard) && error._tag === "TransportFailure" &&
      (yield* gateway.requests).length === 2
  )
}).pipe(Effect.provide(connect()))

// ---------------------------------------------------------------------------------------------------------------------
// All of it
// ---------------------------------------------------------------------------------------------------------------------

const step = <E, R>(name: string, effect: Effect.Effect<void, E, R>) =>
  Effect.gen(function*() {
    const { styles } = yield* screen
    yield* Console.log(`\n${styles.bold(name)}`)
    yield* Gateway.use(({ reset }) => reset)
    yield* Effect.catch(effect, () => check("nothing else happens", false))
  })

export const api3 = Effect.gen(function*() {
  const { url } = yield* Gateway
  yield* title(`4. API 3.0: the common codes, by HTTP from the gateway at ${url}`)
  yield* commonCodes
  yield* step("An instance that is gone, in both generations", stopInEither)
  yield* step("A purchase with a ClientToken, whose response is lost twice", purchase)
  yield* step("A list in pages of three, one of which fails at first", pages)
  yield* step("A stream of events that breaks in the middle", events)
})
