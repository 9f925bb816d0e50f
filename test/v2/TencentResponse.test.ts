import { assert, describe, it } from "@effect/vitest"
import { type ErrorCode, type ErrorKind, Failure, TencentError, TencentResponse } from "effect-tencentcloud"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { inspect } from "node:util"
import { apiClasses as classes } from "../support/errors.ts"

// ---------------------------------------------------------------------------------------------------------------------
// The documented facts, written down by hand
// ---------------------------------------------------------------------------------------------------------------------

const codes: ReadonlyArray<readonly [number, ErrorCode.Tag]> = [
  [4000, "InvalidParameter"],
  [4100, "AuthenticationFailed"],
  [4101, "UnauthorizedApi"],
  [4102, "UnauthorizedResource"],
  [4103, "UnauthorizedApiResource"],
  [4104, "SecretIdNotFound"],
  [4105, "InvalidToken"],
  [4106, "MfaFailed"],
  [4110, "CamAuthenticationFailed"],
  [4300, "AccessDenied"],
  [4400, "QuotaExceeded"],
  [4500, "ReplayAttack"],
  [4600, "UnsupportedProtocol"],
  [5000, "ResourceNotFound"],
  [5100, "ResourceOperationFailed"],
  [5200, "ResourcePurchaseFailed"],
  [5300, "InsufficientBalance"],
  [5400, "PartialSuccess"],
  [5500, "IdentityNotVerified"],
  [6000, "InternalError"],
  [6100, "UnsupportedVersion"],
  [6200, "ApiUnavailable"]
]

const tagOf = (code: number | string): TencentError.Tag =>
  new Map<number | string, TencentError.Tag>(codes).get(code) ?? "UnknownErrorCode"

const transitional: ReadonlyArray<readonly [text: string, code: number, tag: ErrorCode.Tag]> = [
  ["InvalidParameter", 4000, "InvalidParameter"],
  ["InvalidParameter.SignatureFailure", 4100, "AuthenticationFailed"],
  ["AuthFailure", 4101, "UnauthorizedApi"],
  ["UnauthorizedOperation", 4101, "UnauthorizedApi"],
  ["InvalidParameter.SecretIdNotFound", 4104, "SecretIdNotFound"],
  ["InvalidRequest.TokenCheckFailed", 4105, "InvalidToken"],
  ["InvalidRequest.MFACheckFailed", 4106, "MfaFailed"],
  ["InternalError.CAMInnerError", 4110, "CamAuthenticationFailed"],
  ["InvalidRequest.Forbidden", 4300, "AccessDenied"],
  ["InvalidRequest.LimitExceeded", 4400, "QuotaExceeded"],
  ["InvalidRequest.ReplayAttack", 4500, "ReplayAttack"],
  ["InvalidRequest.UnsupportedProtocol", 4600, "UnsupportedProtocol"],
  ["InternalError.ResourceOpFailed", 5100, "ResourceOperationFailed"],
  ["InternalError", 6000, "InternalError"],
  ["InvalidAction.NotFound", 6100, "UnsupportedVersion"],
  ["InvalidAction.ActionUnavailable", 6200, "ApiUnavailable"]
]

const messages: ReadonlyArray<readonly [member: { message?: unknown }, text: string, moduleCode?: number]> = [
  [{}, ""],
  [{ message: null }, ""],
  [{ message: "" }, ""],
  [{ message: "projectId is wrong" }, "projectId is wrong"],
  [{ message: "12:30 is too late" }, "12:30 is too late"],
  [{ message: "see (100004)" }, "see (100004)"],
  [{ message: "(100004 open" }, "(100004 open"],
  [{ message: "(1000045" }, "(1000045"],
  [{ message: "(InvalidVpc) gone" }, "(InvalidVpc) gone"],
  [{ message: "()" }, "()"],
  [{ message: "(100004)projectId" }, "(100004)projectId", 100004],
  [{ message: "(100004) projectId" }, "(100004) projectId", 100004],
  [{ message: "  (100004)projectId" }, "  (100004)projectId", 100004],
  [{ message: "(-514)exists" }, "(-514)exists", -514],
  [{ message: "(- 514) exists" }, "(- 514) exists", -514],
  [{ message: "20108：频道" }, "20108：频道", 20108],
  [{ message: "20108: channel" }, "20108: channel", 20108],
  [{ message: 17 }, "17"],
  [{ message: { a: 1 } }, "{\"a\":1}"],
  [{ message: ["(1)a"] }, "[\"(1)a\"]"]
]

const codeDescs: ReadonlyArray<readonly [member: { codeDesc?: unknown }, text?: string]> = [
  [{}],
  [{ codeDesc: "AvailableIpUseUp" }, "AvailableIpUseUp"],
  [{ codeDesc: 9175 }, "9175"]
]

const requestIds: ReadonlyArray<readonly [member: { requestId?: unknown }, text?: string]> = [
  [{}],
  [{ requestId: "14534664555" }, "14534664555"],
  [{ requestId: 12354 }, "12354"],
  [{ requestId: 0 }, "0"]
]

// ---------------------------------------------------------------------------------------------------------------------
// Helpers
// ---------------------------------------------------------------------------------------------------------------------

const decode = TencentResponse.decode(Schema.Unknown)
const decodeText = TencentResponse.decodeText(Schema.Unknown)
const decodeResult = TencentResponse.decodeResult(Schema.Unknown)
const Total = Schema.Struct({ totalCount: Schema.Number })

/** The failure of `decode`, after a check that `decodeResult` agrees. A throw is a defect, and fails the test. */
const failureOf = <S extends Schema.Decoder<unknown>>(raw: unknown, schema?: S): Effect.Effect<
  TencentError.TencentError,
  unknown
> =>
  Effect.suspend(() => {
    const result = TencentResponse.decodeResult(schema ?? Schema.Unknown)(raw)
    return Effect.tap(Effect.flip(TencentResponse.decode(schema ?? Schema.Unknown)(raw)), (error) =>
      Effect.sync(() => {
        assert.isTrue(Result.isFailure(result))
        if (Result.isFailure(result)) assert.strictEqual(result.failure._tag, error._tag)
      }))
  })

const textFailureOf = (text: string, schema: Schema.Decoder<unknown> = Schema.Unknown) =>
  Effect.suspend(() => Effect.flip(TencentResponse.decodeText(schema)(text)))

const assertMalformed = (error: { readonly _tag: string }): TencentError.MalformedResponse => {
  assert.instanceOf(error, TencentError.MalformedResponse)
  return error as TencentError.MalformedResponse
}

const bodyOf = ({ body }: Failure.Failure): unknown => body && Redacted.value(body)

const codec = Schema.fromJsonString(Schema.toCodecJson(TencentError.TencentError))

/** What a program may do with any error: print, compare, hash, send. */
const assertUsable = (error: TencentError.TencentError, again: TencentError.TencentError): void => {
  assert.isTrue(TencentError.isTencentError(error))
  assert.isString(JSON.stringify(error))
  assert.isString(inspect(error))
  assert.isTrue(Equal.equals(error, again))
  assert.strictEqual(Hash.hash(error), Hash.hash(again))
  assert.isTrue(Equal.equals(Schema.decodeSync(codec)(Schema.encodeSync(codec)(error)), error))
}

const nest = (levels: number, leaf: unknown = 1): unknown => {
  let value = leaf
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { next: value } : [value]
  return value
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const trap = () => {
  throw new Error("trap")
}

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const circular = (self: Record<string, unknown>) => Object.assign(self, { self, list: [self] })

interface Tree {
  readonly next?: Tree
}
const Tree = Schema.Struct({ next: Schema.optionalKey(Schema.suspend((): Schema.Codec<Tree> => Tree)) })
const tallTree = `{"code":0,"next":${"{\"next\":".repeat(100_000)}{}${"}".repeat(100_000)}}`

/** A schema that throws when it looks at `totalCount`. */
const exploding = (defect: unknown) =>
  Schema.Struct({
    totalCount: Schema.Number.check(Schema.makeFilter(() => {
      throw defect
    }))
  })

const defects: ReadonlyArray<readonly [name: string, defect: unknown]> = [
  ["an Error", new Error("boom")],
  ["a text", "boom"],
  ["undefined", undefined],
  ["an object without prototype", Object.create(null)],
  ["an Error that throws", Object.defineProperty(new Error("boom"), "message", { get: trap })]
]

/** A schema whose `name` is decoded by an effect. */
const through = <R>(decode: (text: string) => Effect.Effect<string, SchemaIssue.Issue, R>) =>
  Schema.Struct({
    name: Schema.String.pipe(Schema.decodeTo(
      Schema.String,
      SchemaTransformation.transformEffect({ decode, encode: (text: string) => Effect.succeed(text) })
    ))
  })

const late = <A, E>(effect: Effect.Effect<A, E>) => Effect.andThen(Effect.promise(() => Promise.resolve()), effect)

// ---------------------------------------------------------------------------------------------------------------------

describe("TencentResponse", () => {
  describe("the 22 codes", () => {
    it.effect.each(codes)("%i is %s, whatever stands beside it", ([code, tag]) =>
      Effect.gen(function*() {
        for (const spelling of [code, String(code)]) {
          for (const [message, text, moduleCode] of messages) {
            for (const [codeDesc, desc] of codeDescs) {
              for (const [requestId, id] of requestIds) {
                const raw = { code: spelling, ...message, ...codeDesc, ...requestId, data: [] }
                const error = yield* failureOf(raw)
                assert.instanceOf(error, classes[tag])
                assert.deepStrictEqual(
                  [error._tag, error.code, error.message, error.moduleCode, error.codeDesc, error.requestId],
                  [tag, code, text, moduleCode, desc, id],
                  JSON.stringify(raw)
                )
                assert.strictEqual(bodyOf(error), raw)
              }
            }
          }
        }
      }))

    it.effect("reads an id that is a bigint by its digits, of a body that was not read from JSON", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* failureOf({ code: 5100, requestId: 2n ** 63n })).requestId, "9223372036854775808")
      }))

    it.effect("leaves out what the response does not say", () =>
      Effect.gen(function*() {
        assert.notProperty(yield* failureOf({ code: 5100 }), "codeDesc")
        assert.notProperty(yield* failureOf({ code: 5100 }), "moduleCode")
        assert.notProperty(yield* failureOf({ code: 5100, requestId: null, codeDesc: null }), "requestId")
      }))

    const others: ReadonlyArray<readonly [unknown, number | string]> = [
      [4200, 4200],
      [1, 1],
      ["7000", 7000],
      [-10001, -10001],
      ["-10001", -10001],
      [4000.5, 4000.5],
      ["FailedOperation", "FailedOperation"],
      ["InvalidParameter", "InvalidParameter"],
      ["4000x", "4000x"],
      ["constructor", "constructor"],
      ["__proto__", "__proto__"],
      ["toString", "toString"]
    ]
    it.effect.each(others)("%j is an UnknownErrorCode", ([code, expected]) =>
      Effect.gen(function*() {
        const raw = { code, message: "(10200) no message", codeDesc: "NoMessage", requestId: 7 }
        const error = yield* failureOf(raw)
        assert.instanceOf(error, TencentError.UnknownErrorCode)
        assert.deepStrictEqual(
          [error.code, error.message, error.moduleCode, error.codeDesc, error.requestId],
          [expected, raw.message, 10200, "NoMessage", "7"]
        )
        assert.strictEqual(bodyOf(error), raw)
      }))
  })

  describe("success", () => {
    it.effect.each([0, "0", "000000", -0, "-0", " 0 "])(
      "code %j returns the body itself",
      (code) =>
        Effect.gen(function*() {
          const raw = { code, message: "ok", totalCount: 1 }
          assert.strictEqual(yield* decode(raw), raw)
          assert.deepStrictEqual(decodeResult(raw), Result.succeed(raw))
          assert.deepStrictEqual(yield* TencentResponse.decode(Total)(raw), { totalCount: 1 })
        })
    )
  })

  describe("the transitional envelope", () => {
    it.effect.each(transitional)("%s is %i %s", ([text, code, tag]) =>
      Effect.gen(function*() {
        const raw = { Response: { Error: { Code: text, Message: "(9003)no" }, RequestId: "e49e1d4a" } }
        const error = yield* failureOf(raw)
        assert.instanceOf(error, classes[tag])
        assert.deepStrictEqual(
          [error.code, error.codeDesc, error.message, error.moduleCode, error.requestId],
          [code, text, "(9003)no", 9003, "e49e1d4a"]
        )
        assert.strictEqual(bodyOf(error), raw)
      }))

    const unlisted = ["InvalidRequest.RequestConcurrencyExceeded", "Nope", "constructor", "__proto__"]
    it.effect.each(unlisted)("%s is an UnknownErrorCode", (text) =>
      Effect.gen(function*() {
        const error = yield* failureOf({ Response: { Error: { Code: text }, RequestId: 5 } })
        assert.instanceOf(error, TencentError.UnknownErrorCode)
        assert.deepStrictEqual(
          [error.code, error.codeDesc, error.message, error.requestId],
          [text, text, "", "5"]
        )
      }))

    it.effect("is a success without an Error, with the inner object as payload", () =>
      Effect.gen(function*() {
        const Response = { totalCount: 3, RequestId: "r" }
        assert.strictEqual(yield* decode({ Response }), Response)
        assert.deepStrictEqual(yield* TencentResponse.decode(Total)({ Response }), { totalCount: 3 })
        assert.strictEqual((yield* failureOf({ Response: {} }, Total))._tag, "MalformedResponse")
      }))

    it.effect("yields to a code beside it", () =>
      Effect.gen(function*() {
        const raw = { code: 0, Response: { Error: { Code: "InternalError" } } }
        assert.strictEqual(yield* decode(raw), raw)
      }))

    it.effect.each([{ Message: "no" }, "InternalError", { Code: "" }, { Code: 5100 }, { Code: null }, []])(
      "cannot be read with the Error %j",
      (error) =>
        Effect.gen(function*() {
          const raw = { Response: { Error: error, RequestId: "r" } }
          assert.strictEqual(bodyOf(assertMalformed(yield* failureOf(raw))), raw)
        })
    )
  })

  describe("the outcome", () => {
    const outcomes: ReadonlyArray<readonly [name: string, body: unknown, outcome: ErrorKind.Outcome]> = [
      ["a code that is a refusal", { code: 4400 }, "notRun"],
      ["a code that says that it failed", { code: 5100 }, "unknown"],
      ["a part of a batch", { code: 5400 }, "partial"],
      ["a used nonce, where nothing is known of the clock", { code: 4500 }, "notRun"],
      ["a code that is not documented, in the range of refusals", { code: 4440 }, "unknown"],
      ["a transitional refusal", { Response: { Error: { Code: "InvalidParameter" } } }, "notRun"],
      ["a success that does not fit", { code: 0, totalCount: "x" }, "ran"],
      ["a transitional success that does not fit", { Response: {} }, "ran"],
      ["no readable code", { retcode: 0 }, "unknown"],
      ["no object", [], "unknown"],
      ["a failure that is too deep", { code: 4400, data: nest(600) }, "unknown"],
      ["a Proxy that throws", new Proxy({}, { get: trap, getOwnPropertyDescriptor: trap }), "unknown"]
    ]
    it.effect.each(outcomes)("of %s is known", ([, body, outcome]) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* failureOf(body, Total)).outcome, outcome)
      }))

    it.effect("of a success whose schema throws is that it ran", () =>
      Effect.gen(function*() {
        const raw = { code: 0, totalCount: 1 }
        assert.strictEqual((yield* failureOf(raw, exploding("boom"))).outcome, "ran")
      }))

    it.effect("of a text that is not JSON is unknown", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* textFailureOf("<html>")).outcome, "unknown")
      }))
  })

  describe("texts of a server", () => {
    const long = "x".repeat(100_000)

    it.effect("have a bounded length", () =>
      Effect.gen(function*() {
        const error = yield* failureOf({ code: long, message: long, codeDesc: long, requestId: long })
        const { code, codeDesc, message, requestId } = error
        assert.deepStrictEqual(
          [code, codeDesc, requestId].map((label) => String(label).length),
          [259, 259, 259]
        )
        assert.strictEqual(message.length, 4099)
        assert.isTrue(message.endsWith("..."))
        assert.isBelow(String(error).length, 2000)
        assert.isBelow(JSON.stringify(error).length, 6000)
      }))

    it.effect("keep lines and tabs in a message, and no other control character", () =>
      Effect.gen(function*() {
        const ansi = "\u001b[31mred\u001b[0m\r\n\tline\u0007\u009b2J"
        const error = yield* failureOf({ code: "A\nB", message: ansi, codeDesc: ansi, requestId: ansi })
        assert.strictEqual(error.message, " [31mred [0m \n\tline 2J")
        assert.deepStrictEqual(
          [error.code, error.codeDesc, error.requestId],
          ["A B", " [31mred [0m line 2J", " [31mred [0m line 2J"]
        )
      }))

    it.effect("are bounded in what says where a success does not fit", () =>
      Effect.gen(function*() {
        const key = `\u001b[31m${long}`
        const error = assertMalformed(
          yield* failureOf({ code: 0, [key]: "x" }, Schema.Record(Schema.String, Schema.Number))
        )
        assert.isBelow(JSON.stringify(error).length, 1000)
        assert.notInclude(error.message, "\u001b")
        assert.notInclude(String(error.issues[0]?.path[0]), "\u001b")
      }))

    it.effect("are bounded in the words of a defect", () =>
      Effect.gen(function*() {
        const error = yield* failureOf({ code: 0, totalCount: 1 }, exploding(new Error(`\u001b[31m${long}`)))
        assert.isBelow(error.message.length, 5000)
        assert.notInclude(error.message, "\u001b")
      }))
  })

  describe("what is not a response of the API", () => {
    const bodies: ReadonlyArray<unknown> = [
      null,
      undefined,
      true,
      0,
      5100,
      "5100",
      [],
      [{ code: 5100 }],
      {},
      { retcode: 0, retmsg: "OK" },
      { retcode: 5100, retmsg: "failed" },
      { message: "no code" },
      { code: null },
      { code: "" },
      { code: "  " },
      { code: true },
      { code: {} },
      { code: [5100] },
      { code: NaN },
      { code: Infinity },
      { Code: 5100 },
      { Response: null },
      { Response: [] },
      { Response: "x" }
    ]
    it.effect.each(bodies.map((body) => [inspect(body), body] as const))(
      "%s is malformed",
      ([, body]) =>
        Effect.gen(function*() {
          const error = assertMalformed(yield* failureOf(body))
          assert.strictEqual(bodyOf(error), body)
          assert.isNotEmpty(error.message)
          assert.deepStrictEqual([error.code, error.issues], [undefined, []])
        })
    )
  })

  describe("the documented bodies", () => {
    const directory = new URL("../fixtures/responses/", import.meta.url)
    const read = (file: string) => readFileSync(new URL(file, directory), "utf8")
    const Entry = Schema.Struct({
      file: Schema.String,
      kind: Schema.String,
      code: Schema.Union([Schema.Number, Schema.String]),
      codeDesc: Schema.NullOr(Schema.Union([Schema.Number, Schema.String]))
    })
    const { entries } = Schema.decodeUnknownSync(Schema.Struct({ entries: Schema.Array(Entry) }))(
      JSON.parse(read("index.json"))
    )

    it("are there", () => {
      assert.strictEqual(entries.length, 44)
    })

    it.effect.each(entries)("$file ($kind)", ({ code, codeDesc, file, kind }) =>
      Effect.gen(function*() {
        const text = read(file)
        const raw: unknown = JSON.parse(text)
        const options = kind === "nonzero-success" ? { successCodes: [1, 2] } : {}
        const first = yield* Effect.result(TencentResponse.decode(Schema.Unknown, options)(raw))
        const results = [
          first,
          yield* Effect.result(TencentResponse.decodeText(Schema.Unknown, options)(text)),
          TencentResponse.decodeResult(Schema.Unknown, options)(raw)
        ]
        const succeeds = kind === "nonzero-success" || Number(code) === 0
        if (["success", "async", "batch", "job-status"].includes(kind)) assert.isTrue(succeeds)
        if (kind === "failure") assert.isFalse(succeeds)
        for (const result of results) {
          if (Result.isSuccess(result)) {
            assert.isTrue(succeeds)
            assert.deepStrictEqual(result.success, raw)
          } else {
            const error = result.failure
            assert.isFalse(succeeds)
            assert.strictEqual(error._tag, tagOf(Number(code)))
            assert.strictEqual(error.code, Number(code))
            assert.strictEqual(error.codeDesc, codeDesc === null ? undefined : String(codeDesc))
            assert.deepStrictEqual(bodyOf(error), raw)
            assert.isTrue(Result.isFailure(first) && Equal.equals(first.failure, error))
          }
        }
      }))

    it.effect("23 is a failure where 1 is not declared a success", () =>
      Effect.gen(function*() {
        const error = yield* textFailureOf(read("23-vod-InitUploadResume.json"))
        assert.deepStrictEqual([error._tag, error.code], ["UnknownErrorCode", 1])
      }))

    const batches: ReadonlyArray<
      readonly [
        file: string,
        succeeded: ReadonlyArray<string>,
        failed: ReadonlyArray<readonly [id: string, tag: TencentError.Tag, code: number, message: string]>
      ]
    > = [
      ["25-cmq-BatchDeleteMessage.json", [], [["0", "UnknownErrorCode", 4430, "invalid receiptHandle"]]],
      [
        "26-common-BatchAsyncDetail.json",
        ["qcvm6a456b0d8f01d4b2b1f5073d3fb8ccc0", "qcvm6a456b0d8f01d4b2b1f5073d3fb8ccc1"],
        []
      ],
      [
        "28-cbs-DetachCbsStorages.json",
        ["disk-a2dbffgk"],
        [["disk-123bdkvd", "UnknownErrorCode", 16000, "disk not exist"]]
      ],
      ["29-snapshot-DeleteSnapshot.json", ["snap-ptqv2xmn"], [["aasd", "UnknownErrorCode", 16003, "snap not exist"]]],
      ["31-snapshot-UnbindAutoSnapshotPolicy.json", ["0", "1"], []],
      ["32-cvm-DeleteKeyPair.json", ["deleteKeySet.0"], []]
    ]
    it.each(batches)("%s tells its members apart", (file, succeeded, failed) => {
      const body: unknown = JSON.parse(read(file))
      const batch = TencentResponse.partial(Schema.Unknown)(body)
      assert.deepStrictEqual(batch.succeeded.map(({ id }) => id), [...succeeded])
      assert.deepStrictEqual(
        batch.failed.map(({ error, id }) => [id, error._tag, error.code, error.message]),
        failed.map((row) => [...row])
      )
    })
  })

  describe("options", () => {
    class QueueNotFound extends Failure.define<QueueNotFound>()("QueueNotFound", { kind: "notFound" }) {}
    class TooLarge extends Failure.define<TooLarge>()("TooLarge", { kind: "throttled", outcome: "unknown" }) {}

    it.effect("successCodes: numbers and texts that mean success, in any spelling", () =>
      Effect.gen(function*() {
        const read = TencentResponse.decode(Total, { successCodes: [1, "2", -3, "OK"] })
        for (const code of [0, 1, "1", "01", 2, "2", -3, "-3", "OK"]) {
          assert.deepStrictEqual(yield* read({ code, totalCount: 4 }), { totalCount: 4 })
        }
        for (const code of [3, 12, "ok", 5100]) {
          assert.strictEqual((yield* Effect.flip(read({ code })))._tag, tagOf(code))
        }
        assert.strictEqual((yield* Effect.flip(read({ code: 1 })))._tag, "MalformedResponse")
        const text = TencentResponse.decodeText(Total, { successCodes: [1] })
        assert.deepStrictEqual(yield* text("{\"code\":1,\"totalCount\":4}"), { totalCount: 4 })
      }))

    it.effect("successCodes: an entry that is no code matches nothing", () =>
      Effect.gen(function*() {
        const read = TencentResponse.decode(Schema.Unknown, { successCodes: [NaN, ""] })
        for (const code of ["undefined", "NaN", "null"]) {
          assert.strictEqual((yield* Effect.flip(read({ code })))._tag, "UnknownErrorCode", code)
        }
        const refused = { Response: { Error: { Code: "AuthFailure", Message: "no" } } }
        assert.strictEqual((yield* Effect.flip(read(refused)))._tag, "UnauthorizedApi")
        for (const body of [{}, { code: "" }, { code: null }]) {
          assert.strictEqual((yield* Effect.flip(read(body)))._tag, "MalformedResponse", JSON.stringify(body))
        }
      }))

    it.effect("errors: a class for a code, which goes before the common meaning", () =>
      Effect.gen(function*() {
        const options = { errors: { 4440: QueueNotFound, 4400: TooLarge, "-10001": TooLarge, Odd: TooLarge } }
        const read = TencentResponse.decode(Total, options)
        const raw = { code: "4440", message: "(10100)no such queue", codeDesc: "NoQueue", requestId: 8 }
        const error: TencentError.TencentError | QueueNotFound | TooLarge = yield* Effect.flip(read(raw))
        assert.instanceOf(error, QueueNotFound)
        assert.deepStrictEqual(
          [error.code, error.message, error.moduleCode, error.codeDesc, error.requestId],
          [4440, raw.message, 10100, "NoQueue", "8"]
        )
        assert.strictEqual(bodyOf(error), raw)
        assert.deepStrictEqual([error.kind, error.outcome], ["notFound", "notRun"])
        assert.strictEqual(
          yield* Effect.catchTag(read(raw), "QueueNotFound", (e) => Effect.succeed(e.message)),
          raw.message
        )

        for (const code of [4400, "4400", -10001, "Odd"]) {
          const tooLarge = yield* Effect.flip(read({ code }))
          assert.instanceOf(tooLarge, TooLarge)
          assert.deepStrictEqual([tooLarge.kind, tooLarge.outcome], ["throttled", "unknown"])
        }
        assert.instanceOf(yield* Effect.flip(read({ code: 4500 })), TencentError.ReplayAttack)
        assert.instanceOf(
          yield* Effect.flip(TencentResponse.decodeText(Total, options)("{\"code\":4400}")),
          TooLarge
        )
        const result = TencentResponse.decodeResult(Total, options)(raw)
        assert.isTrue(Result.isFailure(result) && result.failure._tag === "QueueNotFound")
      }))

    it.effect("errors: a codeDesc wins over a code", () =>
      Effect.gen(function*() {
        const read = TencentResponse.decode(Total, {
          errors: { 4000: TooLarge, NoQueue: QueueNotFound, 9175: TooLarge }
        })
        const tag = (raw: unknown) => Effect.map(Effect.flip(read(raw)), (error) => error._tag)
        assert.strictEqual(yield* tag({ code: 4000, codeDesc: "NoQueue" }), "QueueNotFound")
        assert.strictEqual(yield* tag({ code: 4000, codeDesc: "Other" }), "TooLarge")
        assert.strictEqual(yield* tag({ code: 5100, codeDesc: "NoQueue" }), "QueueNotFound")
        assert.strictEqual(yield* tag({ code: 5100, codeDesc: 9175 }), "TooLarge")
        assert.strictEqual(yield* tag({ code: 5100, codeDesc: "Other" }), "ResourceOperationFailed")
      }))

    it.effect("errors: also for the transitional envelope, by its text and by the number", () =>
      Effect.gen(function*() {
        const raw = { Response: { Error: { Code: "InvalidRequest.LimitExceeded", Message: "" } } }
        for (const errors of [{ "InvalidRequest.LimitExceeded": TooLarge }, { 4400: TooLarge }]) {
          assert.instanceOf(yield* Effect.flip(TencentResponse.decode(Total, { errors })(raw)), TooLarge)
        }
      }))

    class Picky extends Failure.define<Picky>()("Picky", { kind: "request" }) {
      constructor(fields: Failure.Fields & { readonly code: number | string }) {
        if (fields.message === "") throw new Error("not without a message")
        super(fields)
      }
    }

    it.effect("errors: a class that refuses its fields leads to a MalformedResponse", () =>
      Effect.gen(function*() {
        const limit = Error.stackTraceLimit
        Error.stackTraceLimit = 7
        const options = { errors: { 4441: Picky } }
        const read = TencentResponse.decode(Total, options)
        const raw = { code: 4441, message: "" }
        const error = assertMalformed(yield* Effect.suspend(() => Effect.flip(read(raw))))
        assert.strictEqual(bodyOf(error), raw)
        assert.strictEqual(error.outcome, "unknown")
        assert.include(error.message, "not without a message")
        const result = TencentResponse.decodeResult(Total, options)(raw)
        assert.isTrue(Result.isFailure(result) && result.failure._tag === "MalformedResponse")
        assert.strictEqual((yield* Effect.flip(read({ code: 4441, message: "x" })))._tag, "Picky")
        const limitAfter = Error.stackTraceLimit
        Error.stackTraceLimit = limit
        assert.strictEqual(limitAfter, 7)
      }))

    it.effect("errors: the keys of Object.prototype are not codes", () =>
      Effect.gen(function*() {
        const read = TencentResponse.decode(Total, { errors: { 4440: QueueNotFound } })
        for (const key of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
          const byCode = yield* Effect.flip(read({ code: key }))
          assert.deepStrictEqual([byCode._tag, byCode.code], ["UnknownErrorCode", key])
          assert.strictEqual((yield* Effect.flip(read({ code: 5100, codeDesc: key })))._tag, "ResourceOperationFailed")
        }
      }))
  })

  describe("the payload", () => {
    const Page = Schema.Struct({
      data: Schema.Struct({ items: Schema.Array(Schema.Struct({ id: Schema.Number })) })
    })

    it.effect("that does not fit says where", () =>
      Effect.gen(function*() {
        const raw = { code: 0, data: { items: [{ id: 1 }, { id: "secret" }] } }
        const error = assertMalformed(yield* failureOf(raw, Page))
        assert.deepStrictEqual(error.issues.map(({ path }) => path), [["data", "items", 1, "id"]])
        assert.isNotEmpty(error.issues[0]?.message)
        assert.include(error.message, "data.items.1.id")
        assert.notInclude(JSON.stringify(error), "secret")
        assert.strictEqual(bodyOf(error), raw)
      }))

    it.effect("of a transitional response is placed from the inner object", () =>
      Effect.gen(function*() {
        const raw = { Response: { data: { items: {} } } }
        const error = assertMalformed(yield* failureOf(raw, Page))
        assert.deepStrictEqual(error.issues.map(({ path }) => path), [["data", "items"]])
        assert.strictEqual(bodyOf(error), raw)
      }))

    it.effect("is not looked at when the code is a failure", () =>
      Effect.gen(function*() {
        const Never = Schema.Unknown.check(Schema.makeFilter(() => assert.fail("the schema ran")))
        assert.strictEqual((yield* failureOf({ code: 5100 }, Never))._tag, "ResourceOperationFailed")
      }))

    it.effect.each(defects)("whose schema throws %s is a MalformedResponse", ([, defect]) =>
      Effect.gen(function*() {
        const raw = { code: 0, totalCount: 1 }
        assert.strictEqual(bodyOf(assertMalformed(yield* failureOf(raw, exploding(defect)))), raw)
        assertMalformed(yield* textFailureOf(JSON.stringify(raw), exploding(defect)))
      }))

    it.effect.each(defects)(
      "whose schema dies late of %s is a MalformedResponse",
      ([, defect]) =>
        Effect.gen(function*() {
          const raw = { code: 0, name: "disk" }
          const dying = through(() => late(Effect.die(defect)))
          assert.strictEqual(bodyOf(assertMalformed(yield* Effect.flip(TencentResponse.decode(dying)(raw)))), raw)
        })
    )

    it.effect("that is too deep for a recursive schema is a MalformedResponse", () =>
      Effect.gen(function*() {
        assertMalformed(yield* failureOf(JSON.parse(tallTree), Tree))
        assertMalformed(yield* textFailureOf(tallTree, Tree))
        assert.deepStrictEqual(yield* TencentResponse.decode(Tree)({ code: 0, next: { next: {} } }), {
          next: { next: {} }
        })
      }))

    const raw = { code: 0, name: "disk" }

    it.effect("may need time", () =>
      Effect.gen(function*() {
        const slow = through((text) => Effect.as(Effect.sleep("1 second"), text.toUpperCase()))
        const fiber = yield* Effect.forkChild(TencentResponse.decode(slow)(raw))
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* Fiber.join(fiber), { name: "DISK" })
        const promised = through((text) => Effect.promise(() => Promise.resolve(text.length.toString())))
        assert.deepStrictEqual(yield* TencentResponse.decodeText(promised)(JSON.stringify(raw)), { name: "4" })
      }))

    it.effect("may be refused late", () =>
      Effect.gen(function*() {
        const refused = through((text) => late(Effect.fail(new SchemaIssue.InvalidValue({ message: "taken" }, text))))
        const error = assertMalformed(yield* Effect.flip(TencentResponse.decode(refused)(raw)))
        assert.deepStrictEqual(error.issues, [{ path: ["name"], message: "taken" }])
        assert.strictEqual(bodyOf(error), raw)
      }))

    it.effect("that needs time has no place in decodeResult, which says so in its result", () =>
      Effect.sync(() => {
        const slow = through((text) => Effect.as(Effect.sleep("1 second"), text))
        const result = TencentResponse.decodeResult(slow)(raw)
        assert.isTrue(Result.isFailure(result) && result.failure._tag === "MalformedResponse")
      }))

    it.effect("can be interrupted, and stays interrupted", () =>
      Effect.gen(function*() {
        const fiber = yield* Effect.forkChild(TencentResponse.decode(through(() => Effect.never))(raw))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(fiber)
        const outer = yield* Fiber.await(fiber)
        assert.isTrue(Exit.isFailure(outer) && Cause.hasInterruptsOnly(outer.cause))
        const inner = yield* Effect.exit(TencentResponse.decode(through(() => Effect.interrupt))(raw))
        assert.isTrue(Exit.isFailure(inner) && Cause.hasInterruptsOnly(inner.cause))
      }))

    class Unit extends Context.Service<Unit, { readonly name: string }>()("test/Unit") {}

    it.effect("keeps the services of its schema", () =>
      Effect.gen(function*() {
        const withUnit = through((text) => Effect.map(Unit, (unit) => `${text} in ${unit.name}`))
        const read: Effect.Effect<{ readonly name: string }, TencentError.TencentError, Unit> = TencentResponse.decode(
          withUnit
        )(raw)
        assert.deepStrictEqual(yield* Effect.provideService(read, Unit, { name: "GB" }), { name: "disk in GB" })
      }))
  })

  describe("decodeText", () => {
    const Id = Schema.Struct({ id: Schema.Unknown })
    // Numbers of JSON, and the value that the schema sees.
    const numbers: ReadonlyArray<readonly [json: string, value: unknown]> = [
      ["9007199254740991", 9007199254740991],
      ["-9007199254740991", -9007199254740991],
      ["9007199254740992", "9007199254740992"],
      ["9007199254740993", "9007199254740993"],
      ["-9007199254740993", "-9007199254740993"],
      ["123456789012345678901234567890", "123456789012345678901234567890"],
      ["[9007199254740993,1,-9007199254740993]", ["9007199254740993", 1, "-9007199254740993"]],
      ["{\"9007199254740993\":9007199254740993}", { "9007199254740993": "9007199254740993" }],
      ["\"9007199254740993\"", "9007199254740993"],
      ["\"a\\\\\\\" 9007199254740993, \\u005c\"", "a\\\" 9007199254740993, \\"],
      ["[\"\\\\\",9007199254740993,\"\"]", ["\\", "9007199254740993", ""]],
      ["9007199254740993.0", 9007199254740992],
      ["9007199254740993e1", 90071992547409936],
      ["9007199254740993E-3", 9007199254740.992],
      ["0.1234567890123456", 0.1234567890123456],
      ["1e308", 1e308],
      ["1e-400", 0],
      ["[1e400,-1.5E+400]", ["1e400", "-1.5E+400"]],
      ["[1.5e3,9007199254740993]", [1500, "9007199254740993"]],
      [" \n9007199254740993\t", "9007199254740993"]
    ]
    it.effect.each(numbers)("reads %s", ([json, value]) =>
      Effect.gen(function*() {
        const text = `{"code":0,"id":${json},"pad":"1234567890123456"}`
        assert.deepStrictEqual(yield* TencentResponse.decodeText(Id)(text), { id: value })
      }))

    it.effect("gives a 64-bit id to the schemas that can hold it", () =>
      Effect.gen(function*() {
        const text = "{\"code\":0,\"id\":9007199254740993}"
        const read = <S extends Schema.Decoder<unknown>>(id: S) =>
          TencentResponse.decodeText(Schema.Struct({ id }))(text)
        assert.deepStrictEqual(yield* read(Schema.String), { id: "9007199254740993" })
        assert.deepStrictEqual(yield* read(Schema.BigIntFromString), { id: BigInt("9007199254740993") })
        assert.strictEqual((yield* Effect.flip(read(Schema.Number)))._tag, "MalformedResponse")
      }))

    it.effect("keeps the digits of a request id and of a code", () =>
      Effect.gen(function*() {
        const error = yield* textFailureOf("{\"code\":5100,\"requestId\":9007199254740993}")
        assert.strictEqual(error.requestId, "9007199254740993")
        assert.strictEqual((yield* textFailureOf("{\"code\":9007199254740993}")).code, "9007199254740993")
        const transitional = yield* textFailureOf(
          "{\"Response\":{\"Error\":{\"Code\":\"InternalError\"},\"RequestId\":9007199254740993}}"
        )
        assert.strictEqual(transitional.requestId, "9007199254740993")
      }))

    it.effect.each(["1e400", "-1e400", "[1,1E+999]"])(
      "returns an error that can be sent on for a body with %s",
      (json) =>
        Effect.gen(function*() {
          for (const text of [`{"code":5100,"data":${json}}`, `{"code":0,"data":${json}}`]) {
            assertUsable(yield* textFailureOf(text, Total), yield* textFailureOf(text, Total))
          }
        })
    )

    it.effect("skips a byte order mark", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* decodeText("\ufeff{\"code\":0}"), { code: 0 })
        assert.strictEqual((yield* textFailureOf("\ufeff{\"code\":4500,\"id\":9007199254740993}"))._tag, "ReplayAttack")
        assertMalformed(yield* textFailureOf("\ufeff\ufeff{\"code\":0}"))
      }))

    const html = `<!DOCTYPE html><html><body>${"502 Bad Gateway ".repeat(100)}</body></html>`
    const noJson: ReadonlyArray<readonly [name: string, text: string]> = [
      ["nothing", ""],
      ["blanks", " \n\t"],
      ["a byte order mark", "\ufeff"],
      ["HTML", html],
      ["truncated JSON", "{\"code\":0,\"data\":[1,2"],
      ["a truncated string", "{\"code\":0,\"data\":\"90071992547409931\\"],
      ["two values", "{\"code\":0}{\"code\":0}"],
      ["JSON with comments", "{\"code\":0}//"],
      ["NaN", "{\"code\":NaN}"],
      ["open brackets", "[".repeat(100_000)],
      ["open objects", "{\"a\":".repeat(100_000)]
    ]
    it.effect.each(noJson)("finds no JSON in %s", ([, text]) =>
      Effect.gen(function*() {
        const error = assertMalformed(yield* textFailureOf(text))
        assert.strictEqual(bodyOf(error), text.slice(0, 256))
        assert.isBelow(JSON.stringify(error).length, 300)
        assertUsable(error, yield* textFailureOf(text))
      }))

    it.effect("passes lone surrogates through", () =>
      Effect.gen(function*() {
        for (const text of ["\\ud800 \\udc00x", "\ud800 \udc00x"]) {
          const error = yield* textFailureOf(`{"code":5100,"message":"${text}","requestId":"${text}"}`)
          assert.deepStrictEqual([error.message, error.requestId], ["\ud800 \udc00x", "\ud800 \udc00x"])
        }
      }))

    it.effect("takes the last of two equal keys", () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* textFailureOf("{\"code\":0,\"code\":5100}")).code, 5100)
        assert.deepStrictEqual(yield* decodeText("{\"code\":5100,\"code\":0}"), { code: 0 })
      }))

    const tower = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
    it.effect("reads a success however deep it is", () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(
          yield* TencentResponse.decodeText(Total)(`{"code":0,"totalCount":1,"data":${tower}}`),
          { totalCount: 1 }
        )
        assert.property(yield* decodeText(`{"code":0,"data":${tower}}`), "data")
      }))

    const towers: ReadonlyArray<readonly [name: string, text: string]> = [
      ["a response", tower],
      ["a failure", `{"code":5100,"data":${tower}}`],
      ["a message", `{"code":5100,"message":${tower}}`],
      ["a misfit", `{"code":0,"totalCount":"x","data":${tower}}`],
      ["an unreadable code", `{"code":${tower}}`],
      ["a transitional failure", `{"Response":{"Error":{"Code":"InternalError","Message":${tower}}}}`],
      ["a transitional Error", `{"Response":{"Error":${tower}}}`]
    ]
    it.effect.each(towers)("returns a usable error for %s of 100,000 levels", ([, text]) =>
      Effect.gen(function*() {
        const error = assertMalformed(yield* textFailureOf(text, Total))
        assertUsable(error, yield* textFailureOf(text, Total))
      }))

    it.effect("takes __proto__ and constructor for data", () =>
      Effect.gen(function*() {
        const before = Reflect.ownKeys(Object.prototype)
        assertMalformed(yield* textFailureOf("{\"__proto__\":{\"code\":0}}"))
        assertMalformed(yield* textFailureOf("{\"constructor\":{\"code\":0},\"prototype\":{\"code\":0}}"))
        assertMalformed(yield* textFailureOf("{\"Response\":{\"Error\":{\"__proto__\":{\"Code\":\"InternalError\"}}}}"))
        const error = yield* textFailureOf("{\"code\":5100,\"__proto__\":{\"message\":\"evil\",\"requestId\":1}}")
        assert.deepStrictEqual([error._tag, error.message, error.requestId], ["ResourceOperationFailed", "", undefined])
        const payload = yield* TencentResponse.decodeText(Schema.Record(Schema.String, Schema.Unknown))(
          "{\"code\":0,\"__proto__\":{\"evil\":1},\"constructor\":{\"prototype\":{\"evil\":1}}}"
        )
        assert.strictEqual(Object.getPrototypeOf(payload), Object.prototype)
        assert.notProperty({}, "evil")
        assert.deepStrictEqual(Reflect.ownKeys(Object.prototype), before)
      }))
  })

  describe("values that JSON does not have", () => {
    const everyTrap = new Proxy({}, { get: () => trap })
    const nullPrototype = Object.assign(Object.create(null), { code: 4400, message: "slow" })

    const values: ReadonlyArray<readonly [name: string, value: unknown, tag: TencentError.Tag]> = [
      ["a Proxy that throws", new Proxy({}, everyTrap), "MalformedResponse"],
      ["a Proxy that throws when listed", new Proxy({ code: 5100 }, { ownKeys: trap }), "MalformedResponse"],
      ["a revoked Proxy", revoked(), "MalformedResponse"],
      ["a code that throws", Object.defineProperty({}, "code", { enumerable: true, get: trap }), "MalformedResponse"],
      [
        "a payload that throws",
        Object.defineProperty({ code: 0 }, "totalCount", { enumerable: true, get: trap }),
        "MalformedResponse"
      ],
      [
        "a failure with a member that throws",
        Object.defineProperty({ code: 5100 }, "data", { enumerable: true, get: trap }),
        "MalformedResponse"
      ],
      ["a message that cannot be JSON", { code: 5100, message: { toJSON: trap } }, "MalformedResponse"],
      ["an object without prototype", nullPrototype, "QuotaExceeded"],
      ["an array with a code", Object.assign([], { code: 5100 }), "MalformedResponse"],
      ["a Date", new Date(0), "MalformedResponse"],
      ["a Map", new Map([["code", 0]]), "MalformedResponse"],
      ["a function with a code", Object.assign(() => 0, { code: 0 }), "MalformedResponse"],
      ["a symbol", Symbol("code"), "MalformedResponse"],
      ["a bigint", BigInt(0), "MalformedResponse"],
      ["a bigint as code", { code: BigInt(5100) }, "MalformedResponse"],
      ["an inherited code", Object.create({ code: 5100 }), "MalformedResponse"],
      ["a circular failure", circular({ code: 5100 }), "ResourceOperationFailed"],
      ["a circular misfit", circular({ code: 0 }), "MalformedResponse"],
      ["a failure of 500 levels", { code: 5100, data: nest(500) }, "ResourceOperationFailed"],
      ["a failure of 600 levels", { code: 5100, data: nest(600) }, "MalformedResponse"],
      ["a failure of 100,000 levels", { code: 5100, data: nest(100_000) }, "MalformedResponse"]
    ]
    it.effect.each(values)("%s is a typed failure", ([, value, tag]) =>
      Effect.gen(function*() {
        const error = yield* failureOf(value, Total)
        assert.strictEqual(error._tag, tag)
        assert.isString(JSON.stringify(error))
        assert.isString(inspect(error))
      }))

    it.each(values)("%s gives partial nothing to throw about", (_, value) => {
      assert.doesNotThrow(() => TencentResponse.partial(Total)(value))
    })

    it.effect("a body that is too deep is left out, and the code and the request id stay", () =>
      Effect.gen(function*() {
        const error = assertMalformed(yield* failureOf({ code: "5100", requestId: 7, data: nest(600) }))
        assert.deepStrictEqual([error.code, error.requestId], [5100, "7"])
        assert.notProperty(error, "body")
      }))
  })

  describe("schema", () => {
    const envelope = TencentResponse.schema(Total)
    const encode = Schema.encodeEffect(envelope)
    const read = Schema.decodeUnknownEffect(envelope)

    it.effect.each(codes)("writes and reads %i %s", ([code, tag]) =>
      Effect.gen(function*() {
        const detail = { "ins-1": { code: 0 }, "ins-2": { code: "5000", message: "gone" } }
        const error = new classes[tag]({
          message: "(100004)no",
          moduleCode: 100004,
          codeDesc: "Desc",
          requestId: "r-1",
          body: Redacted.make({ code: "0", message: "old", codeDesc: "old", requestId: 1, detail })
        })
        const wire = throughJson(yield* encode(Result.fail(error)))
        assert.deepStrictEqual(wire, { code, message: "(100004)no", codeDesc: "Desc", requestId: "r-1", detail })
        const back = yield* read(wire)
        assert.isTrue(Result.isFailure(back))
        if (Result.isSuccess(back)) return
        assert.instanceOf(back.failure, classes[tag])
        const twin = { ...error, message: error.message, body: Redacted.make<unknown>(wire) }
        assert.isTrue(Equal.equals(back.failure, new classes[tag](twin)))
        assert.deepStrictEqual(throughJson(yield* encode(back)), wire)

        const bare = yield* encode(Result.fail(new classes[tag]({})))
        assert.deepStrictEqual(bare, { code, message: "" })
      }))

    it.effect("writes and reads a success", () =>
      Effect.gen(function*() {
        const wire = yield* encode(Result.succeed({ totalCount: 2 }))
        assert.deepStrictEqual(wire, { code: 0, message: "", totalCount: 2 })
        assert.deepStrictEqual(yield* read(wire), Result.succeed({ totalCount: 2 }))
        assert.deepStrictEqual(
          yield* Schema.encodeEffect(TencentResponse.schema(Schema.Struct({ id: Schema.BigIntFromString })))(
            Result.succeed({ id: BigInt(7) })
          ),
          { code: 0, message: "", id: "7" }
        )
      }))

    it.effect("writes and reads an unknown code", () =>
      Effect.gen(function*() {
        for (const code of [4440, -10001, "Odd"]) {
          const wire = yield* encode(Result.fail(new TencentError.UnknownErrorCode({ code, message: "m" })))
          assert.deepStrictEqual(wire, { code, message: "m" })
          const back = yield* read(wire)
          assert.isTrue(
            Result.isFailure(back) && back.failure._tag === "UnknownErrorCode" && back.failure.code === code
          )
        }
      }))

    it.effect.each(["0", " 0 ", "00", "4400", " 5100 ", " ", "6000\n"])(
      "writes the code %j of a transitional failure so that it stays what it is",
      (Code) =>
        Effect.gen(function*() {
          const failure = yield* read({ Response: { Error: { Code, Message: "m" }, RequestId: "r" } })
          const wire = throughJson(yield* encode(failure))
          assert.isTrue(Result.isFailure(failure))
          assert.deepStrictEqual(yield* read(wire), failure)
        })
    )

    it.effect.each([0, -0, ""])(
      "has an issue for a failure with the code %j, which no body says",
      (code) =>
        Effect.gen(function*() {
          const failure = Result.fail(new TencentError.UnknownErrorCode({ code, message: "m" }))
          assert.instanceOf(yield* Effect.flip(encode(failure)), Schema.SchemaError)
        })
    )

    it.effect("turns a transitional failure into the numeric envelope", () =>
      Effect.gen(function*() {
        const failure = yield* read({ Response: { Error: { Code: "InternalError", Message: "m" }, RequestId: "r" } })
        assert.deepStrictEqual(yield* encode(failure), {
          code: 6000,
          message: "m",
          codeDesc: "InternalError",
          requestId: "r"
        })
      }))

    it.effect("has an issue for what cannot be read, and for a payload that does not fit", () =>
      Effect.gen(function*() {
        for (const raw of [null, 1, "x", [], {}, { retcode: 0 }, { code: 5100, data: nest(600) }, { code: 0 }]) {
          assert.instanceOf(yield* Effect.flip(read(raw)), Schema.SchemaError)
        }
        assert.include((yield* Effect.flip(read({ code: 0, totalCount: "x" }))).message, "totalCount")
      }))

    it.effect("has an issue for a payload that is too deep for a recursive schema", () =>
      Effect.gen(function*() {
        const error = yield* Effect.suspend(() =>
          Effect.flip(Schema.decodeUnknownEffect(TencentResponse.schema(Tree))(JSON.parse(tallTree)))
        )
        assert.instanceOf(error, Schema.SchemaError)
      }))

    it.effect("does not write a MalformedResponse", () =>
      Effect.gen(function*() {
        const malformed = Result.fail(new TencentError.MalformedResponse({})) as unknown
        assert.instanceOf(
          yield* Effect.flip(Schema.encodeUnknownEffect(envelope)(malformed)),
          Schema.SchemaError
        )
      }))
  })

  describe("partial", () => {
    const Item = Schema.Struct({ message: Schema.String })
    const partial = TencentResponse.partial(Item)
    const detail = {
      "ins-1": { code: 0, message: "ok", requestId: 11 },
      "ins-2": { code: "5000", message: "(100)gone", requestId: 12 },
      "ins-3": { code: 0, message: null, msg: "fine" },
      "ins-4": { code: 0 },
      taskId: "17"
    }

    it.effect("reads a PartialSuccess", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(decode({ code: 5400, message: "some", detail }))
        assert.instanceOf(error, TencentError.PartialSuccess)
        const batch = partial(error)
        assert.deepStrictEqual(batch.succeeded, [
          { id: "ins-1", value: { message: "ok" } },
          { id: "ins-3", value: { message: "fine" } }
        ])
        assert.deepStrictEqual(batch.failed.map((item) => [item.id, item.error._tag]), [
          ["ins-2", "ResourceNotFound"],
          ["ins-4", "MalformedResponse"]
        ])
        const gone = batch.failed[0]?.error
        assert.deepStrictEqual([gone?.moduleCode, gone?.requestId, gone && bodyOf(gone)], [100, "12", detail["ins-2"]])
        assert.deepStrictEqual(partial(error.body).failed.length, 2)
      }))

    it.effect("reads any error that carries a batch, and finds none in one without a body", () =>
      Effect.gen(function*() {
        const other = yield* Effect.flip(decode({ code: 6010, errorList: [{ code: 4430, msg: "handle" }] }))
        const { failed } = partial(other)
        assert.deepStrictEqual(failed.map(({ error, id }) => [id, error.code, error.message]), [["0", 4430, "handle"]])
        assert.deepStrictEqual(partial(new TencentError.PartialSuccess({})), { succeeded: [], failed: [] })
        assert.deepStrictEqual(partial(new TencentError.InternalError({ body: Redacted.make({ detail: "text" }) })), {
          succeeded: [],
          failed: []
        })
      }))

    it("knows a resource id that is a key of Object.prototype", () => {
      const ids = JSON.parse("{\"detail\":{\"__proto__\":{\"code\":0,\"msg\":\"a\"},\"constructor\":{\"code\":5000}}}")
      const batch = partial(ids)
      assert.deepStrictEqual(batch.succeeded, [{ id: "__proto__", value: { message: "a" } }])
      assert.deepStrictEqual(batch.failed.map(({ id }) => id), ["constructor"])
    })

    const loop: Record<string, unknown> = {}
    loop["detail"] = loop
    const list: Array<unknown> = []
    list.push(list)
    const nonsense: ReadonlyArray<unknown> = [
      null,
      undefined,
      0,
      "detail",
      true,
      [],
      {},
      [{ detail }],
      { detail: null },
      { detail: "text" },
      { detail: [] },
      { detail: [1, null, "x"] },
      { detail: { a: 1, b: null, c: "x", d: {} } },
      { detail: { a: { code: null } } },
      { detail: [[[{ code: 0 }]]] },
      { errorList: {} },
      { data: { detail } },
      nest(100_000),
      { detail: nest(100_000) },
      loop,
      { detail: list, errorList: list }
    ]
    it("finds nothing in nonsense", () => {
      for (const [index, value] of nonsense.entries()) {
        assert.deepStrictEqual(partial(value), { succeeded: [], failed: [] }, `nonsense ${index}`)
      }
    })

    it("never throws, whatever throws inside", () => {
      for (
        const source of [
          Object.defineProperty({}, "detail", { get: trap }),
          { detail: Object.defineProperty({}, "ins-1", { enumerable: true, get: trap }) },
          { detail: { "ins-1": Object.defineProperty({ code: 0 }, "data", { enumerable: true, get: trap }) } },
          { detail: { "ins-1": Object.defineProperty({}, "code", { enumerable: true, get: trap }) } }
        ]
      ) assert.doesNotThrow(() => partial(source))
    })

    it("returns a failed member for an item that is circular or too deep", () => {
      const item: Record<string, unknown> = { code: 5000 }
      item["self"] = item
      const batch = partial({ detail: { circular: item, deep: { code: 5000, data: nest(100_000) } } })
      assert.deepStrictEqual(batch.failed.map(({ error, id }) => [id, error._tag]), [
        ["circular", "ResourceNotFound"],
        ["deep", "MalformedResponse"]
      ])
    })
  })
})
