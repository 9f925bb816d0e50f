import { assert, describe, it } from "@effect/vitest"
import type { ErrorKind, Failure } from "effect-tencentcloud"
import { ErrorCode, TencentError, TencentResponse } from "effect-tencentcloud/v3"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"
import { inspect } from "node:util"

const decode = TencentResponse.decode(Schema.Unknown)
const decodeText = TencentResponse.decodeText(Schema.Unknown)
const Total = Schema.Struct({ TotalCount: Schema.Number })

const errors = {
  notFound: ["InvalidZone.NotFound"],
  request: ["InvalidFilter"],
  busy: ["ResourceInUse.InProcess"]
} as const

const failed = (Code: unknown, rest: { readonly [key: string]: unknown } = {}) => ({
  Response: { Error: { Code, Message: "no", ...rest }, RequestId: "r-1" }
})

/** The failure of `decode`, after a check that `decodeResult` agrees. A throw is a defect, and fails the test. */
const failureOf = (raw: unknown, schema: Schema.Decoder<unknown> = Schema.Unknown) =>
  Effect.suspend(() => {
    const result = TencentResponse.decodeResult(schema)(raw)
    return Effect.tap(Effect.flip(TencentResponse.decode(schema)(raw)), (error) =>
      Effect.sync(() => {
        assert.isTrue(Result.isFailure(result))
        if (Result.isFailure(result)) assert.strictEqual(result.failure._tag, error._tag)
      }))
  })

const bodyOf = ({ body }: Failure.Failure): unknown => body && Redacted.value(body)

const nest = (levels: number, leaf: unknown = 1): unknown => {
  let value = leaf
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { next: value } : [value]
  return value
}

const trap = () => {
  throw new Error("trap")
}

// ---------------------------------------------------------------------------------------------------------------------

describe("TencentResponse of API 3.0", () => {
  describe("codes", () => {
    it.effect.each(ErrorCode.catalogue)(
      "$code is an error of its own, of kind $kind",
      ({ code, kind }) =>
        Effect.gen(function*() {
          const raw = failed(code)
          const error = yield* failureOf(raw)
          assert.deepStrictEqual(
            [error._tag, error.code, error.kind, error.message, error.requestId, error.outcome],
            [code, code, kind, "no", "r-1", ErrorCode.outcomeOf(code, kind)]
          )
          assert.strictEqual(bodyOf(error), raw)
          const made: TencentError.TencentError = TencentError.make(code, {
            message: "no",
            requestId: "r-1",
            body: Redacted.make<unknown>(raw)
          })
          assert.isTrue(Equal.equals(error, made))
          assert.deepStrictEqual([error.stack, error.toJSON()], [made.stack, made.toJSON()])
        })
    )

    it.effect.each(
      [
        ["InvalidZone.NotFound", "InvalidZone.NotFound", "notFound", "unknown"],
        ["ResourceInUse.InProcess", "ResourceInUse.InProcess", "busy", "notRun"],
        [" ResourceInUse.InProcess ", "ResourceInUse.InProcess", "busy", "notRun"],
        ["InvalidFilter", "InvalidFilter", "request", "unknown"],
        ["invalidfilter", "UnknownErrorCode", "unknown", "unknown"],
        ["ResourceInUse.InProcesses", "UnknownErrorCode", "inUse", "notRun"],
        ["ResourceInUse", "ResourceInUse", "inUse", "notRun"]
      ] as const
    )(
      "%s, where some codes are declared, is %s of kind %s, and ran: %s",
      ([code, tag, kind, outcome]) =>
        Effect.gen(function*() {
          const error = yield* Effect.flip(TencentResponse.decode(Schema.Unknown, { errors })(failed(code)))
          assert.deepStrictEqual(
            [error._tag, error.code, error.kind, error.outcome],
            [tag, code.trim(), kind, outcome]
          )
        })
    )

    it.effect("a declared common code has its declared kind", () =>
      Effect.gen(function*() {
        const decode = TencentResponse.decode(Schema.Unknown, { errors: { notFound: "InvalidParameterValue" } })
        const error = yield* Effect.flip(decode(failed("InvalidParameterValue")))
        assert.deepStrictEqual([error._tag, error.kind, error.outcome], ["InvalidParameterValue", "notFound", "notRun"])
      }))

    it.effect("an UnknownErrorCode that was received is the one that a program makes", () =>
      Effect.gen(function*() {
        const raw = failed("ResourceInUse.Disk")
        const error = yield* failureOf(raw)
        const body = Redacted.make<unknown>(raw)
        const made = new TencentError.UnknownErrorCode({
          code: "ResourceInUse.Disk",
          message: "no",
          requestId: "r-1",
          body
        })
        assert.isTrue(Equal.equals(error, made))
        assert.deepStrictEqual([error.stack, error.toJSON()], [made.stack, made.toJSON()])
        assert.deepStrictEqual(Object.keys(error), Object.keys(made))
        assert.instanceOf(error, TencentError.UnknownErrorCode)
      }))

    it.effect.each(["constructor", "__proto__", "toString", "InternalError.constructor"])(
      "%s is an UnknownErrorCode",
      (code) =>
        Effect.gen(function*() {
          const error = yield* failureOf(failed(code))
          assert.deepStrictEqual([error._tag, error.code, error.outcome], ["UnknownErrorCode", code, "unknown"])
        })
    )

    it.effect("a code longer than 128 characters is cut, and one with control characters is safe to print", () =>
      Effect.gen(function*() {
        const long = yield* failureOf(failed(`ResourceNotFound.${"x".repeat(100_000)}`))
        assert.deepStrictEqual([long._tag, long.kind], ["UnknownErrorCode", "notFound"])
        assert.strictEqual(long.code, `ResourceNotFound.${"x".repeat(111)}...`)
        const coloured = yield* failureOf(failed("ResourceNotFound.\u001b[31m\n"))
        assert.strictEqual(coloured.code, "ResourceNotFound. [31m")
      }))

    it.effect("the outcome of a code that is cut is that of the whole code", () =>
      Effect.gen(function*() {
        const outcomes = yield* Effect.forEach(["", "Timeout"], (end) =>
          Effect.map(failureOf(failed(`ResourceNotFound.${"x".repeat(200)}${end}`)), ({ outcome }) => outcome))
        assert.deepStrictEqual(outcomes, ["notRun", "unknown"])
      }))

    it.effect("a code that is cut is no code that is common or declared", () =>
      Effect.gen(function*() {
        const code = `Declared.${"x".repeat(119)}`
        const decode = TencentResponse.decode(Schema.Unknown, { errors: { busy: [code] } })
        assert.strictEqual((yield* Effect.flip(decode(failed(code))))._tag, code)
        assert.strictEqual((yield* Effect.flip(decode(failed(`${code}x`))))._tag, "UnknownErrorCode")
      }))
  })

  describe("the envelope", () => {
    it.effect("is a success without an Error, with the inner object as payload", () =>
      Effect.gen(function*() {
        const Response = { TotalCount: 3, RequestId: "r" }
        assert.strictEqual(yield* decode({ Response }), Response)
        assert.deepStrictEqual(yield* TencentResponse.decode(Total)({ Response }), { TotalCount: 3 })
        assert.deepStrictEqual(TencentResponse.decodeResult(Total)({ Response }), Result.succeed({ TotalCount: 3 }))
        assert.strictEqual(yield* decode({ Response: { ...Response, Error: null } }).pipe(Effect.map(() => 1)), 1)
      }))

    it.effect("a success that does not fit is malformed, and ran", () =>
      Effect.gen(function*() {
        const raw = { Response: { TotalCount: "many", RequestId: "r" } }
        const error = yield* failureOf(raw, Total)
        assert.instanceOf(error, TencentError.MalformedResponse)
        assert.strictEqual(error.outcome, "ran")
        assert.strictEqual(bodyOf(error), raw)
        assert.include(error.message, "TotalCount")
      }))

    it.effect("the code decides, whatever stands beside it", () =>
      Effect.gen(function*() {
        const raw = {
          code: 0,
          Response: { TotalCount: 1, Error: { Code: "InternalError", CnsmrSeqNo: "", Message: null } }
        }
        const error = yield* failureOf(raw, Total)
        assert.deepStrictEqual([error._tag, error.message], ["InternalError", ""])
        assert.notProperty(error, "requestId")
      }))

    it.effect.each([
      { Message: "no" },
      "InternalError",
      { Code: "" },
      { Code: " " },
      { Code: null },
      { Code: {} },
      [],
      1
    ])(
      "cannot be read with the Error %j",
      (Error) =>
        Effect.gen(function*() {
          const raw = { Response: { Error, RequestId: "r" } }
          const error = yield* failureOf(raw)
          assert.deepStrictEqual([error._tag, error.outcome, error.requestId], ["MalformedResponse", "unknown", "r"])
          assert.strictEqual(bodyOf(error), raw)
        })
    )

    it.effect.each(
      [
        ["a text", "message", "message"],
        ["nothing", undefined, ""],
        ["null", null, ""],
        ["a number", 17, "17"],
        ["an object", { a: 1 }, "{\"a\":1}"]
      ] as const
    )("has %s as Message", ([, Message, message]) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* failureOf(failed("InternalError", { Message }))).message, message)
      }))

    it.effect.each([[5, "5"], ["s1575025791424544000", "s1575025791424544000"], [null, undefined]] as const)(
      "has the RequestId %j",
      ([RequestId, requestId]) =>
        Effect.gen(function*() {
          const error = yield* failureOf({ Response: { Error: { Code: "InternalError" }, RequestId } })
          assert.strictEqual(error.requestId, requestId)
        })
    )

    it.effect.each(
      [null, undefined, 1, "x", [], {}, { Response: [] }, { Response: null }, { Choices: [] }, { retcode: 0 }].map(
        (body) => [inspect(body), body] as const
      )
    )("%s is malformed", ([, body]) =>
      Effect.gen(function*() {
        const error = yield* failureOf(body)
        assert.deepStrictEqual([error._tag, error.outcome], ["MalformedResponse", "unknown"])
      }))
  })

  describe("the body of API 2.0", () => {
    it.effect.each(
      [
        [4000, "InvalidParameter", "request", "notRun"],
        ["4000", "InvalidParameter", "request", "notRun"],
        [4100, "AuthFailure.SignatureFailure", "authentication", "notRun"],
        [4104, "AuthFailure.SecretIdNotFound", "credentials", "notRun"],
        [4200, "AuthFailure.SignatureExpire", "replay", "notRun"],
        [4400, "RequestLimitExceeded", "throttled", "notRun"],
        [4500, "AuthFailure.SignatureExpire", "replay", "notRun"],
        [5000, "ResourceNotFound", "notFound", "notRun"],
        [5100, "FailedOperation", "operationFailed", "unknown"],
        [6000, "InternalError", "internal", "unknown"],
        [6200, "ServiceUnavailable", "unavailable", "notRun"],
        ["ResourceInUse", "ResourceInUse", "inUse", "notRun"],
        [5300, "UnknownErrorCode", "unknown", "unknown"],
        [5400, "UnknownErrorCode", "unknown", "unknown"],
        [-1, "UnknownErrorCode", "unknown", "unknown"],
        ["FailedOperation.X", "UnknownErrorCode", "operationFailed", "unknown"]
      ] as const
    )("%j is %s, of kind %s, and ran: %s", ([code, tag, kind, outcome]) =>
      Effect.gen(function*() {
        const raw = { code, message: "(9003)no", codeDesc: "x", requestId: 7 }
        const error = yield* failureOf(raw)
        assert.deepStrictEqual(
          [error._tag, error.code, error.kind, error.outcome, error.message, error.requestId],
          [tag, tag === "UnknownErrorCode" ? String(code) : tag, kind, outcome, "(9003)no", "7"]
        )
        assert.strictEqual(bodyOf(error), raw)
      }))

    it.effect.each([0, "0", "000", -0, "-0", " 0 "])(
      "code %j is a success, and the body is its payload",
      (code) =>
        Effect.gen(function*() {
          const raw = { code, message: "", TotalCount: 1 }
          assert.strictEqual(yield* decode(raw), raw)
          assert.strictEqual((yield* failureOf({ code }, Total)).outcome, "ran")
        })
    )
  })

  describe("the documented bodies", () => {
    const directory = new URL("../fixtures/responses-v3/", import.meta.url)
    const read = (file: string) => readFileSync(new URL(file, directory), "utf8")
    const Entry = Schema.Struct({
      file: Schema.String,
      kind: Schema.String,
      errorCode: Schema.NullOr(Schema.String),
      hasEnvelope: Schema.Boolean
    })
    const { entries } = Schema.decodeUnknownSync(Schema.Struct({ entries: Schema.Array(Entry) }))(
      JSON.parse(read("index.json"))
    )

    it("are there", () => {
      assert.strictEqual(entries.length, 23)
    })

    const kinds: Readonly<Record<string, readonly [ErrorKind.ErrorKind, ErrorKind.Outcome]>> = {
      "AuthFailure.SignatureFailure": ["authentication", "notRun"],
      InternalError: ["internal", "unknown"],
      ResourceNotFound: ["notFound", "notRun"],
      "InvalidParameterValue.UrlIllegal": ["request", "notRun"],
      "UnauthorizedOperation.CdnTxtRecordValueNotMatch": ["permission", "notRun"],
      "ResourceNotFound.TopicNotExist": ["notFound", "notRun"],
      "FailedOperation.BackendError": ["operationFailed", "unknown"],
      "FailedOperation.PermissionDenied.": ["operationFailed", "unknown"],
      "FailedOperation.FlowRejected": ["operationFailed", "unknown"],
      "OperationDenied.FlowHasTerminated": ["wrongState", "notRun"],
      "InternalError.DataNotFound": ["internal", "unknown"]
    }

    it.effect.each(entries)("$file ($kind)", ({ errorCode, file, hasEnvelope }) =>
      Effect.gen(function*() {
        const text = read(file)
        const raw = JSON.parse(text)
        const result = yield* Effect.result(decode(raw))
        assert.deepStrictEqual(yield* Effect.result(decodeText(text)), result)
        if (Result.isSuccess(result)) {
          assert.deepStrictEqual([errorCode, hasEnvelope], [null, true])
          assert.strictEqual(result.success, raw.Response)
          return
        }
        const error = result.failure
        assert.isTrue(TencentError.isTencentError(error))
        if (errorCode === null) {
          assert.deepStrictEqual([error._tag, hasEnvelope], ["MalformedResponse", false])
          return
        }
        const { Error: { Message }, RequestId } = raw.Response
        assert.deepStrictEqual(
          [error.code, error.message, error.requestId, error.kind, error.outcome],
          [errorCode, Message, RequestId, ...kinds[errorCode]!]
        )
      }))
  })

  describe("anything", () => {
    it.effect.each(
      [
        ["a Proxy that throws", new Proxy({}, { get: trap, getOwnPropertyDescriptor: trap })],
        ["an envelope that throws", { Response: new Proxy({}, { getOwnPropertyDescriptor: trap }) }],
        ["a failure that nests deeper than 512 levels", failed("ResourceInUse", { More: nest(600) })]
      ] as const
    )("%s is malformed", ([, raw]) =>
      Effect.gen(function*() {
        const error = yield* failureOf(raw)
        assert.deepStrictEqual([error._tag, error.outcome], ["MalformedResponse", "unknown"])
        assert.isString(inspect(error))
      }))

    it.effect("a failure that is too deep keeps its code and its request id", () =>
      Effect.gen(function*() {
        const error = yield* failureOf(failed("ResourceInUse.Disk", { More: nest(600) }))
        assert.deepStrictEqual([error.code, error.requestId, error.body], ["ResourceInUse.Disk", "r-1", undefined])
      }))

    it.effect("a text that is not JSON is malformed", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(decodeText(`<html>${"x".repeat(1000)}`))
        assert.strictEqual(error._tag, "MalformedResponse")
        assert.lengthOf(bodyOf(error) as string, 256)
      }))

    it.effect("integers beyond 2^53 keep their digits", () =>
      Effect.gen(function*() {
        const Task = Schema.Struct({ TaskId: Schema.BigIntFromString })
        const text = "{\"Response\":{\"TaskId\":9007199254740993}}"
        assert.deepStrictEqual(yield* TencentResponse.decodeText(Task)(text), { TaskId: 9007199254740993n })
      }))
  })

  describe("the codec", () => {
    const envelope = TencentResponse.schema(Schema.Struct({ TotalCount: Schema.Number, RequestId: Schema.String }), {
      errors
    })

    const bodies: ReadonlyArray<readonly [name: string, body: unknown]> = [
      ["a success", { Response: { TotalCount: 1, RequestId: "r-1" } }],
      ["a common code", failed("ResourceInUse")],
      ["a declared code", failed("InvalidZone.NotFound")],
      ["an undeclared code with more members", failed("ResourceInUse.Disk", { CnsmrSeqNo: "1" })]
    ]
    it.effect.each(bodies)("reads %s and writes it again", ([, body]) =>
      Effect.gen(function*() {
        const result = yield* Schema.decodeUnknownEffect(envelope)(body)
        assert.deepStrictEqual(yield* Schema.encodeEffect(envelope)(result), body)
      }))

    it.effect.each([{}, "x", { Response: { TotalCount: "x" } }, { Response: { Error: {} } }])(
      "%j is an issue of the schema",
      (body) =>
        Effect.gen(function*() {
          const exit = yield* Effect.exit(Schema.decodeUnknownEffect(envelope)(body))
          assert.isTrue(Exit.isFailure(exit))
          assert.instanceOf(yield* Effect.flip(Schema.decodeUnknownEffect(envelope)(body)), Schema.SchemaError)
        })
    )

    it.effect("writes a failure that was made, and one that was read from a body of API 2.0", () =>
      Effect.gen(function*() {
        const encode = Schema.encodeEffect(envelope)
        assert.deepStrictEqual(yield* encode(Result.fail(TencentError.make("ResourceInUse", { requestId: "r" }))), {
          Response: { Error: { Code: "ResourceInUse", Message: "" }, RequestId: "r" }
        })
        const old = yield* Schema.decodeUnknownEffect(envelope)({ code: 4400, message: "no" })
        assert.deepStrictEqual(yield* encode(old), {
          Response: { Error: { Code: "RequestLimitExceeded", Message: "no" } }
        })
      }))
  })
})
