// A CommonJS module for Node: the compiler turns its imports into `require` of an ES module.
import { Effect, Schema } from "effect"
import { TencentError, TencentResponse } from "effect-tencentcloud"
import { QuotaExceeded } from "effect-tencentcloud/v2/TencentError"

const decode = TencentResponse.decodeText(Schema.Struct({ totalCount: Schema.Finite }))
const counted: Effect.Effect<number, TencentError.TencentError> = decode(`{ "code": 0, "totalCount": 3 }`).pipe(
  Effect.map(({ totalCount }) => totalCount)
)

// a CommonJS module has it, an ES module has not
declare const module: unknown

export const done = Effect.runPromise(counted).then((count) => {
  console.log(typeof module, count) // => object 3
  console.log(TencentError.QuotaExceeded === QuotaExceeded) // => true
})
