// An ES module for Node: every part of the core, and the client with scripted responses.
import { Effect, Option, Result, Schedule, Schema, Stream } from "effect"
import { ErrorCode, TencentError, TencentResponse, TencentRetry } from "effect-tencentcloud"
import { TencentClient } from "effect-tencentcloud/client"
import { TencentClientTest } from "effect-tencentcloud/testing"
import { TencentAction } from "effect-tencentcloud/v2"
import * as V3 from "effect-tencentcloud/v3"

const Zones = Schema.Struct({ totalCount: Schema.Finite })
const bodies = [{ code: 4400, message: "slow down" }, { code: 0, message: "", totalCount: 3 }]

let attempts = 0
const zones: Effect.Effect<{ readonly totalCount: number }, TencentError.TencentError> = Effect.suspend(() =>
  TencentResponse.decode(Zones)(bodies[attempts++])
)

const policy = TencentRetry.make({ QuotaExceeded: Schedule.recurs(2) })
console.log((await Effect.runPromise(zones.pipe(TencentRetry.retry(policy)))).totalCount, attempts) // => 3 2

const handled: Effect.Effect<
  { readonly totalCount: number },
  Exclude<TencentError.TencentError, TencentError.QuotaExceeded>
> = zones.pipe(
  Effect.catchTag("QuotaExceeded", (error: TencentError.QuotaExceeded) => Effect.succeed({ totalCount: error.code }))
)
attempts = 0
console.log((await Effect.runPromise(handled)).totalCount) // => 4400

type Handlers = { readonly [T in TencentError.Tag]: (error: TencentError.ByTag<T>) => T }

export const complete = (error: TencentError.TencentError, handlers: Handlers): TencentError.Tag =>
  TencentError.match(error, handlers)

export const incomplete = (error: TencentError.TencentError, handlers: Omit<Handlers, "MalformedResponse">) =>
  // @ts-expect-error no handler for MalformedResponse
  TencentError.match(error, handlers)

const result = TencentResponse.decodeResult(Zones)("<html>")
console.log(Result.isFailure(result) ? result.failure._tag : "no failure") // => MalformedResponse

const code: 6200 = ErrorCode.fromTag("ApiUnavailable").code
console.log(code, Option.isSome(ErrorCode.fromCode(4500)), ErrorCode.catalogue.length) // => 6200 true 22

const category: "Throttling" = new TencentError.QuotaExceeded({ message: "m" }).category
const { _tag } = TencentRetry.decide(new TencentError.InternalError({ message: "m" }), { idempotent: false })
console.log(category, _tag) // => Throttling Stop

const DescribeZones = TencentAction.make("DescribeZones", {
  module: "cvm",
  request: Schema.Struct({}),
  response: Zones
})
const called = TencentClient.TencentClient.use((client) => client.call(DescribeZones, {})).pipe(
  Effect.provide(TencentClientTest.layer({ DescribeZones: { code: 0, message: "", totalCount: 5 } }))
)
console.log((await Effect.runPromise(called)).totalCount) // => 5

// API 3.0: a list in pages, and the kinds of its errors.
const DescribeInstances = V3.TencentAction.makePaged("DescribeInstances", {
  service: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ Offset: Schema.optionalKey(Schema.Number), Limit: Schema.optionalKey(Schema.Number) }),
  response: Schema.Struct({ InstanceSet: Schema.Array(Schema.Struct({ InstanceId: Schema.String })) }),
  errors: { notFound: ["InvalidInstanceId.NotFound"] },
  pages: { items: (page) => page.InstanceSet, offset: "Offset", limit: "Limit" }
})
type InstanceError = V3.TencentError.TencentError<V3.TencentError.Errors<{ notFound: "InvalidInstanceId.NotFound" }>>

export const idsOf = (client: TencentClient.TencentClient["Service"]) => {
  const ids: Stream.Stream<string, InstanceError | TencentClient.ClientError> = client
    .paginate(DescribeInstances, { Limit: 50 })
    .pipe(Stream.map((instance) => instance.InstanceId))
  // @ts-expect-error paginate sets the offset
  client.paginate(DescribeInstances, { Offset: 0 })
  // @ts-expect-error an action without pages
  client.paginate(DescribeZones, {})
  return ids.pipe(
    Stream.catchTag("InvalidInstanceId.NotFound", ({ kind }: { readonly kind: "notFound" }) => Stream.succeed(kind))
  )
}

console.log(V3.TencentError.isFamily("InvalidInstanceId")(DescribeInstances.error.make("InvalidInstanceId.NotFound")))
// => true
