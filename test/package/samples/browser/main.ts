// The core in a browser: responses as text, a retry, and what to do. It waits for nothing that only Node has.
import { Effect, Schema } from "effect"
import { Failure, TencentResponse, TencentRetry } from "effect-tencentcloud"
import * as TencentErrorV3 from "effect-tencentcloud/v3/TencentError"
import * as TencentResponseV3 from "effect-tencentcloud/v3/TencentResponse"

const texts = [
  `{ "code": 4500, "message": "nonce" }`,
  `{ "code": 6000, "message": "try again" }`,
  `{ "code": 0, "message": "", "ids": [9007199254740993] }`
]

let attempts = 0
const ids = Effect.suspend(() =>
  TencentResponse.decodeText(Schema.Struct({ ids: Schema.Array(Schema.String) }))(texts[attempts++] ?? "")
).pipe(TencentRetry.retry(TencentRetry.make({
  ReplayAttack: TencentRetry.replay,
  InternalError: TencentRetry.equalJitter(TencentRetry.transient)
})))

const refused = Effect.suspend(() => TencentResponse.decodeText(Schema.Struct({}))(`{ "code": 5300 }`)).pipe(
  TencentRetry.retry(TencentRetry.idempotent)
)

const zones = TencentResponseV3.decodeText(Schema.Struct({ TotalCount: Schema.Finite }), {
  errors: { notFound: ["InvalidZone.NotFound"] }
})(`{ "Response": { "Error": { "Code": "InvalidZone.NotFound", "Message": "no ap-1" }, "RequestId": "r-1" } }`)

export const done = Effect.runPromise(Effect.gen(function*() {
  console.log((yield* ids).ids.join(), attempts) // => 9007199254740993 3
  const error = yield* Effect.flip(refused)
  console.log(error._tag, error.retryClass) // => InsufficientBalance never
  console.log(Failure.explain(error).remedy !== "") // => true
  const missing = yield* Effect.flip(
    Effect.catchTag(zones, "ResourceNotFound", () => Effect.succeed({ TotalCount: 0 }))
  )
  console.log(missing._tag, missing.kind, missing.requestId) // => InvalidZone.NotFound notFound r-1
  console.log(TencentErrorV3.isFamily("InvalidZone")(missing)) // => true
}))
