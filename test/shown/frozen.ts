/** Errors where the limit of stack traces is missing, and where it cannot be changed. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { TencentError } from "../../src/v2/index.ts"
import * as V3 from "../../src/v3/index.ts"
import { call } from "./error.ts"

const made = () => {
  const received = Effect.runSync(Effect.flip(call))
  const constructed = new TencentError.QuotaExceeded({ message: "slow", requestId: "r-1" })
  const v3 = Effect.runSync(Effect.flip(readV3(refused)))
  return [received, constructed, v3].map((error) => [error.stack, String(error)])
}

const readV3 = V3.TencentResponse.decode(Schema.Struct({}))
const refused = { Response: { Error: { Code: "ResourceInUse", Message: "busy" }, RequestId: "r-3" } }

Reflect.deleteProperty(Error, "stackTraceLimit")
const missing = { made: made(), limitStays: !("stackTraceLimit" in Error) }
Error.stackTraceLimit = 7
const limited = { made: made(), limitStays: Error.stackTraceLimit === 7 }
Object.freeze(Error)
const frozen = { made: made(), limitStays: Error.stackTraceLimit === 7 }

// What hardened programs do: nothing that errors inherit can be changed.
Object.freeze(Error.prototype)
const hardened = { made: made(), limitStays: Error.stackTraceLimit === 7 }

console.log(JSON.stringify({ missing, limited, frozen, hardened }))
