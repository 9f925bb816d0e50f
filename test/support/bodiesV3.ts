/**
 * Response bodies of API 3.0 that were changed at random, and what must hold for each.
 */
import { assert } from "@effect/vitest"
import { ErrorKind } from "effect-tencentcloud"
import { ErrorCode, TencentError, TencentResponse } from "effect-tencentcloud/v3"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { inspect } from "node:util"
import { declaredCodes } from "./codesV3.ts"
import { makeRandom } from "./random.ts"

// Each case has a generator of its own, so the number in a failure message is enough to run it alone.
const seed = 20_261_126

type Random = () => number

const int = (random: Random, bound: number): number => Math.floor(random() * bound)

const pick = <A>(random: Random, values: ReadonlyArray<A>): A => values[int(random, values.length)]!

const times = <A>(count: number, f: (i: number) => A): ReadonlyArray<A> => Array.from({ length: count }, (_, i) => f(i))

// ---------------------------------------------------------------------------------------------------------------------
// Texts
// ---------------------------------------------------------------------------------------------------------------------

const directory = new URL("../fixtures/responses-v3/", import.meta.url)
const documented = readdirSync(directory)
  .filter((file) => /^\d+-.*\.json$/.test(file))
  .map((file) => readFileSync(new URL(file, directory), "utf8"))

const keys = [
  "Response",
  "Error",
  "Code",
  "Message",
  "RequestId",
  "TotalCount",
  "code",
  "message",
  "requestId",
  "__proto__",
  "constructor",
  "toJSON",
  "then",
  "_tag"
]

const leaves = [
  "null",
  "true",
  "0",
  "-0",
  "1",
  "4400",
  "9007199254740993",
  "1e400",
  "\"\"",
  "\"0\"",
  "\"\\u0000\\ud800\""
]

const codeText = (random: Random): string => {
  switch (int(random, 8)) {
    case 0:
      return pick(random, leaves)
    case 1:
      return `${pick(random, ErrorCode.counterparts).v2}`
    case 2:
      return JSON.stringify(` ${pick(random, declaredCodes).code.slice(0, int(random, 20))}`)
    case 3:
      return JSON.stringify(pick(random, ["constructor", "__proto__.x", "x".repeat(300), "a\nb", "."]))
    case 4:
    case 5:
      return JSON.stringify(pick(random, ErrorCode.catalogue).code)
    default:
      return JSON.stringify(pick(random, declaredCodes).code)
  }
}

/** The text of a JSON value. It is built as text, so that equal keys, `__proto__` and huge numbers come out as they are. */
const jsonText = (random: Random, depth: number): string => {
  const kind = depth > 0 ? int(random, 5) : 0
  if (kind < 2) return random() < 0.5 ? pick(random, leaves) : codeText(random)
  if (kind === 2) return `[${times(int(random, 4), () => jsonText(random, depth - 1)).join(",")}]`
  return objectText(random, depth)
}

const objectText = (random: Random, depth: number, first: ReadonlyArray<string> = []): string => {
  const members = times(int(random, 4), () => `"${pick(random, keys)}":${jsonText(random, depth - 1)}`)
  return `{${[...first, ...members].join(",")}}`
}

const envelopeText = (random: Random): string => {
  const error = `"Error":${objectText(random, 2, [`"Code":${codeText(random)}`])}`
  const response = `"Response":${objectText(random, 3, random() < 0.8 ? [error] : [])}`
  return random() < 0.8 ? objectText(random, 3, [response]) : objectText(random, 3, [`"code":${codeText(random)}`])
}

const tower = (random: Random): string => {
  const levels = pick(random, [500, 509, 510, 511, 512, 513, 5000, 20_000])
  const nested = `${"{\"a\":[".repeat(levels / 2)}1${"]}".repeat(levels / 2)}`
  return `{"Response":{"Error":{"Code":${codeText(random)}},"${pick(random, keys)}":${nested}}}`
}

const mutated = (random: Random): string => {
  let text = pick(random, documented)
  for (let n = 1 + int(random, 3); n > 0; n--) {
    const at = int(random, text.length + 1)
    const [before, after] = [text.slice(0, at), text.slice(at)]
    text = pick(random, [
      () => before,
      () => before + after.slice(int(random, 8)),
      () => before + String.fromCharCode(int(random, 0x10000)) + after,
      () => before + jsonText(random, 1) + after,
      () => text.replace("{", `{"${pick(random, keys)}":${jsonText(random, 2)},`),
      () => text.replace(/"Code"\s*:\s*"[^"]*"/, () => `"Code":${codeText(random)}`)
    ])()
  }
  return text
}

const textOf = (index: number): string => {
  const random = makeRandom(seed + Math.imul(index, 0x9e3779b1))
  if (index % 500 === 0) return tower(random)
  return pick(random, [mutated, envelopeText, envelopeText, (random: Random) => jsonText(random, 4)])(random)
}

// ---------------------------------------------------------------------------------------------------------------------
// What must hold
// ---------------------------------------------------------------------------------------------------------------------

const declared = {
  notFound: ["InvalidInstanceId.NotFound"],
  busy: ["ResourceBusy", "FailedOperation.ServerBusy"]
} as const

type Failure = TencentError.TencentError<TencentError.Errors<typeof declared>>

const schemas: ReadonlyArray<Schema.Decoder<unknown>> = [
  Schema.Unknown,
  Schema.Struct({ TotalCount: Schema.Number }),
  Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Number])),
  Schema.Struct({ RequestId: Schema.BigIntFromString })
]
const decoders = schemas.map((schema) => ({
  decodeText: TencentResponse.decodeText(schema, { errors: declared }),
  decodeResult: TencentResponse.decodeResult(schema, { errors: declared })
}))

const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.schema(declared)))
const encode = Schema.encodeSync(codec)
const decodeJson = Schema.decodeSync(codec)

/** The value or the typed failure of a decoder. Anything else is what must not happen. */
const outcome = (effect: () => Effect.Effect<unknown, Failure>): Result.Result<unknown, Failure> => {
  const exit = Effect.runSyncExit(Effect.suspend(effect))
  if (Exit.isSuccess(exit)) return Result.succeed(exit.value)
  const [reason, ...others] = exit.cause.reasons
  if (reason === undefined || !Cause.isFailReason(reason) || others.length > 0) {
    throw new Error(`not a typed failure: ${Cause.pretty(exit.cause)}`)
  }
  return Result.fail(reason.error)
}

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

const own = (u: unknown, key: string): unknown =>
  typeof u === "object" && u !== null && !Array.isArray(u) && Object.hasOwn(u, key)
    ? u[key as keyof typeof u]
    : undefined

const checkFailure = (index: number, error: Failure, value: unknown): void => {
  assert.isTrue(TencentError.isTencentError(error))
  assert.include(JSON.stringify(error), JSON.stringify(error._tag).slice(1, -1))
  if (index % 8 === 0) {
    assert.isAtMost(inspect(error).length, 20_000)
    assert.isTrue(Equal.equals(decodeJson(encode(error)), error), "through JSON")
  }
  if (error._tag === "MalformedResponse") return
  assert.isAtMost(error.code.length, 131)
  assert.strictEqual(error.outcome, ErrorCode.outcomeOf(error.code, error.kind))
  assert.strictEqual(error.category, ErrorKind.table[error.kind].category)
  const code = own(own(own(value, "Response"), "Error"), "Code")
  if (typeof code === "string" && code.length <= 128 && /^[\w.]+$/.test(code)) assert.strictEqual(error.code, code)
}

const check = (index: number, text: string): string => {
  const { decodeResult, decodeText } = decoders[index % decoders.length]!
  const parsed = parse(text)
  const result = outcome(() => decodeText(text))
  if (parsed !== undefined) {
    const pure = decodeResult(parsed.value)
    // Big integers are text in the one, and rounded in the other.
    if (Result.isFailure(pure) && Result.isFailure(result)) assert.strictEqual(pure.failure._tag, result.failure._tag)
  }
  if (Result.isSuccess(result)) {
    assert.isUndefined(own(own(own(parsed?.value, "Response"), "Error"), "Code"))
    return "success"
  }
  checkFailure(index, result.failure, parsed?.value)
  return result.failure._tag
}

/** Checks the cases from `first` on, and counts how they end. Throws with the seed and the text where one does not hold. */
export const checkBodies = (first: number, cases: number): ReadonlyMap<string, number> => {
  const seen = new Map<string, number>()
  for (let index = first; index < first + cases; index++) {
    const text = textOf(index)
    try {
      const tag = check(index, text)
      seen.set(tag, (seen.get(tag) ?? 0) + 1)
    } catch (cause) {
      throw new Error(`seed ${seed}, case ${index}: ${String(cause)}\n${JSON.stringify(text).slice(0, 2000)}`, {
        cause
      })
    }
  }
  return seen
}
