// The core in a browser: responses as text, a retry, and what to do. It waits for nothing that only Node has.
import { Effect, Schema } from "effect"
import { Failure, TencentResponse, TencentRetry } from "effect-tencentcloud"

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

export const done = Effect.runPromise(Effect.gen(function*() {
  console.log((yield* ids).ids.join(), attempts) // => 9007199254740993 3
  const error = yield* Effect.flip(refused)
  console.log(error._tag, error.retryClass) // => InsufficientBalance never
  console.log(Failure.explain(error).remedy !== "") // => true
}))
