import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, ErrorKind } from "effect-tencentcloud"
import * as Option from "effect/Option"

// The catalogue once more, written down by hand: a change of a row has to be made twice.
const expected: ReadonlyArray<
  readonly [
    code: number,
    tag: ErrorCode.Tag,
    kind: ErrorKind.ErrorKind,
    category: ErrorKind.Category,
    retryClass: ErrorKind.RetryClass,
    outcome: ErrorKind.Outcome
  ]
> = [
  [4000, "InvalidParameter", "request", "Request", "never", "notRun"],
  [4100, "AuthenticationFailed", "credentials", "Authentication", "credentials", "notRun"],
  [4101, "UnauthorizedApi", "permission", "Authorization", "never", "notRun"],
  [4102, "UnauthorizedResource", "permission", "Authorization", "never", "notRun"],
  [4103, "UnauthorizedApiResource", "permission", "Authorization", "never", "notRun"],
  [4104, "SecretIdNotFound", "credentials", "Authentication", "credentials", "notRun"],
  [4105, "InvalidToken", "credentials", "Authentication", "credentials", "notRun"],
  [4106, "MfaFailed", "authentication", "Authentication", "never", "notRun"],
  [4110, "CamAuthenticationFailed", "authentication", "Authentication", "never", "notRun"],
  [4300, "AccessDenied", "permission", "Authorization", "never", "notRun"],
  [4400, "QuotaExceeded", "throttled", "Throttling", "throttled", "notRun"],
  [4500, "ReplayAttack", "replay", "Replay", "replay", "notRun"],
  [4600, "UnsupportedProtocol", "unsupported", "Request", "never", "notRun"],
  [5000, "ResourceNotFound", "notFound", "Resource", "never", "notRun"],
  [5100, "ResourceOperationFailed", "operationFailed", "Resource", "transient", "unknown"],
  [5200, "ResourcePurchaseFailed", "soldOut", "Billing", "never", "notRun"],
  [5300, "InsufficientBalance", "balance", "Billing", "never", "notRun"],
  [5400, "PartialSuccess", "partial", "Partial", "never", "partial"],
  [5500, "IdentityNotVerified", "identity", "Billing", "never", "notRun"],
  [6000, "InternalError", "internal", "Server", "transient", "unknown"],
  [6100, "UnsupportedVersion", "unsupported", "Request", "never", "notRun"],
  [6200, "ApiUnavailable", "unavailable", "Server", "maintenance", "notRun"]
]

describe("ErrorCode", () => {
  describe("catalogue", () => {
    it("has the 22 rows in code order", () => {
      assert.deepStrictEqual(
        ErrorCode.catalogue.map((row) => [row.code, row.tag, row.kind]),
        expected.map(([code, tag, kind]) => [code, tag, kind])
      )
      const codes: ReadonlyArray<number> = ErrorCode.catalogue.map((row) => row.code)
      assert.isTrue(codes.every((code, i) => i === 0 || code > (codes[i - 1] ?? Infinity)))
    })

    it("repeats no code and no tag", () => {
      assert.strictEqual(ErrorCode.catalogue.length, 22)
      assert.strictEqual(new Set(ErrorCode.catalogue.map((row) => row.code)).size, 22)
      assert.strictEqual(new Set(ErrorCode.catalogue.map((row) => row.tag)).size, 22)
    })

    it.each(expected)("%i %s is of the kind %s: %s, %s, %s", (_code, tag, kind, category, retryClass, outcome) => {
      const row: ErrorCode.Row = ErrorCode.fromTag(tag)
      assert.strictEqual(row.kind, kind)
      assert.deepStrictEqual<ErrorKind.Row>(ErrorKind.table[row.kind], { category, retryClass, outcome })
    })

    const constants: { readonly [name: string]: unknown } = ErrorCode
    it.each(ErrorCode.catalogue)("exports $tag as a constant of its own", (row) => {
      assert.strictEqual(constants[row.tag], row)
    })
  })

  describe("fromCode", () => {
    it.each(expected)("reads %i as a number and as a string", (code, tag) => {
      const row = Option.some(ErrorCode.fromTag(tag))
      assert.deepStrictEqual(ErrorCode.fromCode(code), row)
      assert.deepStrictEqual(ErrorCode.fromCode(String(code)), row)
      assert.deepStrictEqual(ErrorCode.fromCode(` ${code}\t\n`), row)
    })

    it("returns the row itself", () => {
      assert.strictEqual(Option.getOrThrow(ErrorCode.fromCode(4500)), ErrorCode.ReplayAttack)
    })

    const numbers = [4200, 0, -0, 1, -4000, 4000.5, 3999, 4001, 7000, NaN, Infinity, -Infinity, 2 ** 32 + 4000]
    it.each(numbers)("finds nothing for the number %d", (code) => {
      assert.isTrue(Option.isNone(ErrorCode.fromCode(code)))
    })

    const strings = [
      "4200",
      "0",
      "000000",
      "",
      " ",
      "4000x",
      "x4000",
      "40 00",
      "+4000",
      "-4000",
      "4000.0",
      "4000.5",
      "4e3",
      "0x0fa0",
      "0b1",
      "4_000",
      "4,000",
      "４０００",
      "٤٠٠٠",
      "4000\u0000",
      "9".repeat(400),
      "NaN",
      "Infinity",
      "InvalidParameter",
      "constructor",
      "__proto__",
      "toString",
      "hasOwnProperty"
    ]
    it.each(strings)("finds nothing for the string %j", (code) => {
      assert.isTrue(Option.isNone(ErrorCode.fromCode(code)))
    })

    it("finds nothing for a value of another type that slipped through", () => {
      for (const value of [null, undefined, true, {}, [4000], 4000n, Object(4000)]) {
        assert.isTrue(Option.isNone(ErrorCode.fromCode(value as number)))
      }
    })
  })

  describe("fromTag", () => {
    it.each(expected)("has a row for %i %s", (code, tag, kind) => {
      const row: ErrorCode.Row = ErrorCode.fromTag(tag)
      assert.deepStrictEqual(row, { code, tag, kind })
      assert.isTrue(ErrorCode.catalogue.some((other) => other === row))
    })

    it("knows the literal values of the row", () => {
      const code: 4500 = ErrorCode.fromTag("ReplayAttack").code
      const kind: "replay" = ErrorCode.fromTag("ReplayAttack").kind
      assert.strictEqual(code, 4500)
      assert.strictEqual(kind, "replay")
    })
  })
})
