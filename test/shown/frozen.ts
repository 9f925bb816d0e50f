/** Errors where the limit of stack traces is missing, and where it cannot be changed. */
import * as Effect from "effect/Effect"
import { TencentError } from "../../src/v2/index.ts"
import { call } from "./error.ts"

const made = () => {
  const received = Effect.runSync(Effect.flip(call))
  const constructed = new TencentError.QuotaExceeded({ message: "slow", requestId: "r-1" })
  return [received, constructed].map((error) => [error.stack, String(error)])
}

Reflect.deleteProperty(Error, "stackTraceLimit")
const missing = { made: made(), limitStays: !("stackTraceLimit" in Error) }
Error.stackTraceLimit = 7
const limited = { made: made(), limitStays: Error.stackTraceLimit === 7 }
Object.freeze(Error)
const frozen = { made: made(), limitStays: Error.stackTraceLimit === 7 }

console.log(JSON.stringify({ missing, limited, frozen }))
