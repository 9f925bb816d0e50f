import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, ErrorKind, TencentError, TencentResponse } from "effect-tencentcloud"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { inspect } from "node:util"
import { apiClasses } from "../support/errors.ts"
import { makeRandom } from "../support/random.ts"

// Each case has a generator of its own, so the number in a failure message is enough to run it alone.
const seed = 20_261_125

type Random = () => number

const randomOf = (index: number): Random => makeRandom(seed + Math.imul(index, 0x9e3779b1))

const int = (random: Random, bound: number): number => Math.floor(random() * bound)

const pick = <A>(random: Random, values: ReadonlyArray<A>): A => {
  const value = values[int(random, values.length)]
  if (value === undefined) throw new Error("nothing to pick from")
  return value
}

const times = <A>(count: number, f: (i: number) => A): ReadonlyArray<A> => Array.from({ length: count }, (_, i) => f(i))

// ---------------------------------------------------------------------------------------------------------------------
// Texts
// ---------------------------------------------------------------------------------------------------------------------

const directory = new URL("../fixtures/responses/", import.meta.url)
const documented = readdirSync(directory)
  .filter((file) => /^\d+-.*\.json$/.test(file))
  .map((file) => readFileSync(new URL(file, directory), "utf8"))

const codes: ReadonlyArray<number> = ErrorCode.catalogue.map((row) => row.code)

const pieces = [
  "a",
  "B",
  "0",
  " ",
  "\"",
  "\\",
  "\n",
  "\u0000",
  "\u2028",
  "限",
  "한",
  "😀",
  "\ud800",
  "\udc00",
  "\ufeff",
  "(100004)",
  "__proto__"
]

const randomString = (random: Random): string => times(int(random, 12), () => pick(random, pieces)).join("")

const numbers = ["0", "-0", "1", "1.5", "-514", "9007199254740993", "-9007199254740993", "1e400", "-1E-400", "1e21"]

const keys = [
  "code",
  "message",
  "codeDesc",
  "requestId",
  "data",
  "detail",
  "errorList",
  "totalCount",
  "Response",
  "Error",
  "Code",
  "Message",
  "RequestId",
  "retcode",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "toJSON",
  "then",
  "_tag"
]

const codeText = (random: Random): string => {
  const code = pick(random, codes)
  const spellings = [
    `${code}`,
    `"${code}"`,
    `" ${code} "`,
    `${code}.0`,
    "0",
    "\"0\"",
    "\"000000\"",
    "-0",
    "4440",
    "\"x\""
  ]
  return pick(random, spellings)
}

/** The text of a JSON value. It is built as text, so that equal keys, `__proto__` and huge numbers come out as they are. */
const jsonText = (random: Random, depth: number): string => {
  switch (int(random, depth > 0 ? 9 : 6)) {
    case 0:
      return pick(random, ["null", "true", "false"])
    case 1:
      return pick(random, numbers)
    case 2:
      return codeText(random)
    case 3:
      return pick(random, ["\"InternalError\"", "\"InvalidRequest.LimitExceeded\"", "\"constructor\"", "\"\""])
    case 4:
    case 5:
      return JSON.stringify(randomString(random))
    case 6:
      return `[${times(int(random, 4), () => jsonText(random, depth - 1)).join(",")}]`
    default:
      return objectText(random, depth)
  }
}

const objectText = (random: Random, depth: number, first: ReadonlyArray<string> = []): string => {
  const members = times(
    int(random, 5),
    () =>
      `${random() < 0.1 ? JSON.stringify(randomString(random)) : `"${pick(random, keys)}"`}:${
        jsonText(random, depth - 1)
      }`
  )
  return `{${[...first, ...members].join(",")}}`
}

const envelopeText = (random: Random): string => {
  const code = `"code":${random() < 0.8 ? codeText(random) : jsonText(random, 2)}`
  const error = `"Error":${objectText(random, 2, [`"Code":${jsonText(random, 1)}`])}`
  switch (int(random, 5)) {
    case 0:
      return jsonText(random, 4)
    case 1:
      return objectText(random, 3, [`"Response":${objectText(random, 3, random() < 0.7 ? [error] : [])}`])
    default:
      return objectText(random, 4, [code])
  }
}

const tower = (random: Random): string => {
  const levels = pick(random, [500, 505, 511, 512, 513, 600, 5000, 20_000])
  const [open, close] = pick(random, [["[", "]"], ["{\"a\":", "}"], ["{\"__proto__\":[", "]}"]] as const)
  const nested = `${open.repeat(levels)}1${close.repeat(levels)}`
  return random() < 0.2 ? nested : `{"code":${codeText(random)},"${pick(random, keys)}":${nested}}`
}

const noise = (random: Random): string =>
  pick(random, [
    () => "",
    () => "<html><body><h1>502 Bad Gateway</h1></body></html>",
    () => randomString(random),
    () => times(int(random, 40), () => String.fromCharCode(int(random, 0x10000))).join(""),
    () => times(int(random, 20), () => pick(random, tokens)).join(""),
    () => `\ufeff${envelopeText(random)}`,
    () => `${envelopeText(random)}${envelopeText(random)}`
  ])()

const tokens = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "\"",
  "\\",
  "null",
  "0",
  "-",
  "e",
  ".",
  "1e400",
  "\"code\":",
  "\"__proto__\":"
]

const mutate = (random: Random, text: string): string => {
  const at = int(random, text.length + 1)
  const end = Math.min(text.length, at + int(random, 8))
  const [before, part, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)]
  switch (int(random, 9)) {
    case 0: // flips a bit
      return `${before}${String.fromCharCode(text.charCodeAt(at) ^ (1 << int(random, 16)))}${text.slice(at + 1)}`
    case 1: // truncates
      return before
    case 2: // deletes
      return `${before}${after}`
    case 3: // duplicates
      return `${before}${part}${part}${after}`
    case 4: // splices a token
      return `${before}${pick(random, tokens)}${after}`
    case 5: // inserts text
      return `${before}${randomString(random)}${after}`
    case 6: // adds a member
      return text.replace("{", `{"${pick(random, keys)}":${jsonText(random, 2)},`)
    case 7: // replaces a number
      return text.replace(/-?\d+/, () => pick(random, [...numbers, `${pick(random, codes)}`]))
    default: // replaces the code
      return text.replace(/"code"\s*:\s*"?\w+"?/, () => `"code":${codeText(random)}`)
  }
}

const mutated = (random: Random): string => {
  let text = pick(random, documented)
  for (let n = 1 + int(random, 3); n > 0; n--) text = mutate(random, text)
  return text
}

const textOf = (index: number): string => {
  const random = randomOf(index)
  if (index % 1000 === 0) return tower(random)
  return pick(random, [mutated, mutated, envelopeText, envelopeText, noise])(random)
}

// ---------------------------------------------------------------------------------------------------------------------
// What must hold
// ---------------------------------------------------------------------------------------------------------------------

const isPlainObject = (u: unknown): u is { readonly [key: string]: unknown } =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** The deepest level of objects and arrays, without recursion. */
const levelsOf = (value: unknown): number => {
  let levels = 0
  let row: ReadonlyArray<unknown> = [value]
  for (;;) {
    row = row.filter((member) => typeof member === "object" && member !== null)
    if (row.length === 0) return levels
    levels++
    row = row.flatMap((member) => Object.values(member as object))
  }
}

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text) }
  } catch {
    return undefined
  }
}

/** What the code says, decided anew: a tag, a success, or nothing where this oracle does not know. */
const expectation = (parsed: { readonly value: unknown } | undefined): TencentError.Tag | "success" | undefined => {
  if (parsed === undefined || !isPlainObject(parsed.value)) return "MalformedResponse"
  const { value } = parsed
  const code = Object.hasOwn(value, "code") ? value["code"] : undefined
  if (typeof code !== "number" && typeof code !== "string") return undefined
  if (typeof code === "string" && !/^ *\d{1,6} *$/.test(code)) return undefined
  if (Number(code) === 0) return "success"
  return ErrorCode.catalogue.find((row) => row.code === Number(code))?.tag
}

const schemas: ReadonlyArray<Schema.Decoder<unknown>> = [
  Schema.Unknown,
  Schema.Struct({
    totalCount: Schema.Number,
    data: Schema.optionalKey(Schema.Array(Schema.Struct({ code: Schema.String })))
  }),
  Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Number])),
  Schema.Struct({ requestId: Schema.BigIntFromString })
]
const decoders = schemas.map((schema) => ({
  decode: TencentResponse.decode(schema),
  decodeText: TencentResponse.decodeText(schema),
  decodeResult: TencentResponse.decodeResult(schema)
}))

const partial = TencentResponse.partial(Schema.Unknown)

const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.TencentError))
const encode = Schema.encodeSync(codec)
const decodeJson = Schema.decodeSync(codec)

/** The value or the typed failure of a decoder. Anything else is what must not happen. */
const outcome = (decode: () => Effect.Effect<unknown, TencentError.TencentError>) => {
  const exit = Effect.runSyncExit(Effect.suspend(decode))
  if (Exit.isSuccess(exit)) return Result.succeed(exit.value)
  const [reason, ...others] = exit.cause.reasons
  if (reason === undefined || !Cause.isFailReason(reason) || others.length > 0) {
    throw new Error(`not a typed failure: ${Cause.pretty(exit.cause)}`)
  }
  if (!TencentError.isTencentError(reason.error)) throw new Error("not a TencentError")
  return Result.fail(reason.error)
}

const tagOf = (result: Result.Result<unknown, TencentError.TencentError>) =>
  Result.isSuccess(result) ? "success" : result.failure._tag

const check = (index: number, text: string): "success" | TencentError.Tag => {
  const decoder = decoders[index % decoders.length]
  if (decoder === undefined) throw new Error("no decoder")
  const parsed = parse(text)
  const result = outcome(() => decoder.decodeText(text))
  const expected = expectation(parsed)
  const deep = text.length > 1000 && parsed !== undefined && levelsOf(parsed.value) > 512

  if (parsed !== undefined) {
    const pure = decoder.decodeResult(parsed.value)
    const same = outcome(() => decoder.decode(parsed.value))
    const { failed } = partial(parsed.value)
    if (tagOf(same) !== tagOf(pure)) assert.fail(`decode returns ${tagOf(same)}, decodeResult ${tagOf(pure)}`)
    if (!failed.every(({ error }) => TencentError.isTencentError(error))) {
      assert.fail("a member without a typed failure")
    }
  }
  if (Result.isSuccess(result)) {
    if (expected !== undefined && expected !== "success") assert.fail(`a success instead of ${expected}`)
    return "success"
  }
  const error = result.failure
  if (!JSON.stringify(error).includes(error._tag) || !inspect(error).includes(error._tag)) assert.fail("not printable")
  if (deep) assert.include(["MalformedResponse", expected], error._tag)
  else if (expected === "success") assert.strictEqual(error._tag, "MalformedResponse")
  else if (expected !== undefined) assert.strictEqual(error._tag, expected)
  if (expected === "success" && index % decoders.length === 0) assert.fail("Schema.Unknown refused a success")

  if (index % 8 < 2 || deep) assert.isTrue(Equal.equals(decodeJson(encode(error)), error), "through JSON")
  return error._tag
}

const cases = 20_000

const errorCases = 500

const maybe = <A extends object>(random: Random, make: () => A): A | {} => random() < 0.6 ? make() : {}

const randomBody = (random: Random): unknown => JSON.parse(jsonText(random, 4).replaceAll("1e400", "1e300"))

const randomFields = (random: Random) => ({
  ...maybe(random, () => ({ message: randomString(random) })),
  ...maybe(random, () => ({ codeDesc: randomString(random) })),
  ...maybe(random, () => ({ moduleCode: pick(random, [0, -514, 100004, 1.5, -1e21, Number.MIN_VALUE]) })),
  ...maybe(random, () => ({ requestId: randomString(random) })),
  ...maybe(random, () => ({ action: randomString(random) })),
  ...maybe(random, () => ({ outcome: pick(random, ErrorKind.outcomes) })),
  ...maybe(random, () => ({ body: Redacted.make<unknown>(randomBody(random)) }))
})

const randomCode = (random: Random) => pick<number | string>(random, [4440, -10001, 1.5, randomString(random)])

const constructors: ReadonlyArray<readonly [TencentError.Tag, (random: Random) => TencentError.TencentError]> = [
  ...ErrorCode.catalogue.map(({ tag }) =>
    [tag, (random: Random) => new apiClasses[tag](randomFields(random))] as const
  ),
  [
    "UnknownErrorCode",
    (random) => new TencentError.UnknownErrorCode({ code: randomCode(random), ...randomFields(random) })
  ],
  [
    "MalformedResponse",
    (random) =>
      new TencentError.MalformedResponse({
        ...randomFields(random),
        ...maybe(random, () => ({ code: randomCode(random) })),
        issues: times(int(random, 3), () => ({
          path: times(int(random, 4), () => random() < 0.5 ? int(random, 9) : randomString(random)),
          message: randomString(random)
        }))
      })
  ]
]

const prototypes = () => [Object.prototype, Array.prototype, Function.prototype, Error.prototype].map(Reflect.ownKeys)

describe("TencentResponse, on anything", () => {
  it(`${cases} texts are read as a value or as a typed failure`, { timeout: 120_000 }, () => {
    const before = prototypes()
    const limit = Error.stackTraceLimit
    const seen = new Map<string, number>()
    for (let index = 0; index < cases; index++) {
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
    // The generators reach every class, and do not drown in texts that are not JSON.
    for (const [tag] of constructors) assert.isAtLeast(seen.get(tag) ?? 0, cases / 1000, tag)
    assert.isAtLeast(seen.get("success") ?? 0, cases / 20)
    assert.isAtMost(seen.get("MalformedResponse") ?? 0, cases * 0.8)
    assert.deepStrictEqual(prototypes(), before)
    assert.strictEqual(Error.stackTraceLimit, limit)
  })

  it.each(constructors)(`${errorCases} random errors of %s survive JSON`, (_, make) => {
    for (let index = 0; index < errorCases; index++) {
      const error = make(randomOf(index))
      const json = encode(error)
      const back = decodeJson(json)
      const place = `seed ${seed}, case ${index}: ${json}`
      assert.isTrue(Equal.equals(back, error), place)
      assert.strictEqual(Hash.hash(back), Hash.hash(error), place)
      assert.strictEqual(back.constructor, error.constructor, place)
      assert.deepStrictEqual(back.toJSON(), error.toJSON(), place)
    }
  })
})
