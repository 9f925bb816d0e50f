import { assert, describe, it } from "@effect/vitest"
import { ErrorCode as V2, ErrorKind } from "effect-tencentcloud"
import { ErrorCode } from "effect-tencentcloud/v3"
import * as Option from "effect/Option"
import { declaredCodes } from "../support/codesV3.ts"
import { makeRandom } from "../support/random.ts"

// The catalogue once more, written down by hand: a change of a row has to be made twice.
const expected: ReadonlyArray<readonly [code: ErrorCode.Code, kind: ErrorKind.ErrorKind, outcome: ErrorKind.Outcome]> =
  [
    ["ActionOffline", "unsupported", "notRun"],
    ["AuthFailure", "authentication", "notRun"],
    ["AuthFailure.InvalidAuthorization", "authentication", "notRun"],
    ["AuthFailure.InvalidSecretId", "credentials", "notRun"],
    ["AuthFailure.MFAFailure", "authentication", "notRun"],
    ["AuthFailure.SecretIdNotFound", "credentials", "notRun"],
    ["AuthFailure.SignatureExpire", "replay", "notRun"],
    ["AuthFailure.SignatureFailure", "authentication", "notRun"],
    ["AuthFailure.TokenFailure", "credentials", "notRun"],
    ["AuthFailure.UnauthorizedOperation", "permission", "notRun"],
    ["DryRunOperation", "dryRun", "notRun"],
    ["FailedOperation", "operationFailed", "unknown"],
    ["InternalError", "internal", "unknown"],
    ["InvalidAction", "unsupported", "notRun"],
    ["InvalidParameter", "request", "notRun"],
    ["InvalidParameterValue", "request", "notRun"],
    ["InvalidRequest", "request", "notRun"],
    ["IpInBlacklist", "permission", "notRun"],
    ["IpNotInWhitelist", "permission", "notRun"],
    ["LimitExceeded", "limitExceeded", "notRun"],
    ["MissingParameter", "request", "notRun"],
    ["NoSuchProduct", "unsupported", "notRun"],
    ["NoSuchVersion", "unsupported", "notRun"],
    ["OperationDenied", "wrongState", "notRun"],
    ["RequestLimitExceeded", "throttled", "notRun"],
    ["RequestLimitExceeded.GlobalRegionUinLimitExceeded", "throttled", "notRun"],
    ["RequestLimitExceeded.IPLimitExceeded", "throttled", "notRun"],
    ["RequestLimitExceeded.UinLimitExceeded", "throttled", "notRun"],
    ["RequestSizeLimitExceeded", "request", "notRun"],
    ["ResourceInUse", "inUse", "notRun"],
    ["ResourceInsufficient", "soldOut", "notRun"],
    ["ResourceNotFound", "notFound", "notRun"],
    ["ResourceUnavailable", "wrongState", "notRun"],
    ["ResponseSizeLimitExceeded", "request", "unknown"],
    ["ServiceUnavailable", "unavailable", "notRun"],
    ["UnauthorizedOperation", "permission", "notRun"],
    ["UnknownParameter", "request", "notRun"],
    ["UnsupportedOperation", "unsupported", "notRun"],
    ["UnsupportedProtocol", "unsupported", "notRun"],
    ["UnsupportedRegion", "unsupported", "notRun"]
  ]

const families: ReadonlyMap<string, ErrorKind.ErrorKind> = new Map(
  expected.filter(([code]) => !code.includes(".")).map(([code, kind]) => [code, kind])
)

const words = ["success", "partial", "timeout", "timedout", "internal", "system", "server", "database", "exception"]

/** The rule decided anew, with a regular expression. */
const ruleOf = (code: string, kind: ErrorKind.ErrorKind): ErrorKind.Outcome => {
  const [, family = "", rest] = /^([^.]*)(?:\.(.*))?$/s.exec(code) ?? []
  const ofFamily = families.get(family)
  const mayHaveRun = ofFamily === undefined ||
    ErrorKind.table[ofFamily].outcome !== "notRun" ||
    ErrorKind.table[kind].outcome !== "notRun" ||
    family === "ResponseSizeLimitExceeded" ||
    family === "DryRunOperation" && rest !== undefined ||
    code === "RequestLimitExceeded.RepeatRequest" ||
    new RegExp([...words, "unknown"].join("|"), "i").test(rest ?? "")
  return mayHaveRun ? "unknown" : "notRun"
}

const kinds = Object.keys(ErrorKind.table) as ReadonlyArray<ErrorKind.ErrorKind>

describe("ErrorCode of API 3.0", () => {
  describe("catalogue", () => {
    it("has the 40 rows, sorted", () => {
      assert.deepStrictEqual(
        ErrorCode.catalogue.map((row) => [row.code, row.kind]),
        expected.map(([code, kind]) => [code, kind])
      )
      const codes = ErrorCode.catalogue.map((row) => row.code)
      assert.deepStrictEqual(codes, [...new Set(codes)].toSorted())
      assert.strictEqual(codes.length, 40)
    })

    it.each(expected)("%s is of kind %s, and its outcome is %s", (code, kind, outcome) => {
      assert.deepStrictEqual(Option.map(ErrorCode.fromCode(code), (row) => row.kind), Option.some(kind))
      assert.strictEqual(ErrorCode.kindOf(code), kind)
      assert.strictEqual(ErrorCode.outcomeOf(code, kind), outcome)
    })

    it.each(["", "ResourceNotfound", "ResourceNotFound.", " ResourceNotFound", "constructor", "__proto__", "4400"])(
      "does not have %j",
      (code) => {
        assert.isTrue(Option.isNone(ErrorCode.fromCode(code)))
      }
    )
  })

  describe("families", () => {
    it.each([
      ["InvalidInstanceId.NotFound", "InvalidInstanceId", "unknown"],
      ["FailedOperation.DeleteTrigger.UrlUsed", "FailedOperation", "operationFailed"],
      ["InternalError.", "InternalError", "internal"],
      ["MissingParameter.", "MissingParameter", "request"],
      ["InternalError.InternalError", "InternalError", "internal"],
      ["RequestLimitExceeded.PerSecond", "RequestLimitExceeded", "throttled"],
      ["AuthFailure.Other", "AuthFailure", "authentication"],
      ["OperationDenied.FlowHasTerminated", "OperationDenied", "wrongState"],
      ["DryRunOperation", "DryRunOperation", "dryRun"],
      ["DryRunOperation.DryRunOperationError", "DryRunOperation", "unknown"],
      ["ResourceNotFoundCode_X", "ResourceNotFoundCode_X", "unknown"],
      ["", "", "unknown"],
      [".", "", "unknown"],
      [".InternalError", "", "unknown"],
      ["constructor.x", "constructor", "unknown"],
      ["__proto__", "__proto__", "unknown"]
    ])("%j is in the family %j, and of kind %s where nobody declared it", (code, family, kind) => {
      assert.strictEqual(ErrorCode.familyOf(code), family)
      assert.strictEqual(ErrorCode.kindOf(code), kind)
    })
  })

  describe("outcomeOf", () => {
    it.each(
      [
        ["ResourceNotFound.TopicNotExist", "notFound", "notRun"],
        ["InvalidParameterValue.InstanceNotExist", "notFound", "notRun"],
        ["LimitExceeded.RateLimitExceeded", "throttled", "notRun"],
        ["UnsupportedOperation.MutexOperationTaskRunning", "busy", "notRun"],
        ["OperationDenied.InstanceOperationInProgress", "busy", "notRun"],
        ["FailedOperation.ResourceNotFound", "notFound", "unknown"],
        ["InternalError.DataNotFound", "notFound", "unknown"],
        ["InvalidInstanceId.NotFound", "notFound", "unknown"],
        ["InvalidAccount.InsufficientBalance", "balance", "unknown"],
        ["InvalidFilter", "request", "unknown"],
        ["ResourceBusy", "busy", "unknown"],
        ["LimitExceeded.Timeout", "timeout", "unknown"],
        ["LimitExceeded.ResponseTimeout", "limitExceeded", "unknown"],
        ["ResourceInsufficient.ServerTimeout", "soldOut", "unknown"],
        ["UnsupportedOperation.SystemBusy", "overload", "unknown"],
        ["InvalidParameter.UnknownError", "request", "unknown"],
        ["ResourceInUse.PARTIALLY", "inUse", "unknown"],
        ["ResourceInUse.A.TimedOut", "inUse", "unknown"],
        ["DryRunOperation.AddTagDryrunError", "dryRun", "unknown"],
        ["ResponseSizeLimitExceeded.Rows", "request", "unknown"],
        ["RequestLimitExceeded.RepeatRequest", "throttled", "unknown"],
        ["RequestLimitExceeded.RepeatRequests", "throttled", "notRun"],
        ["ResourceNotFound", "partial", "unknown"],
        ["ResourceNotFound", "internal", "unknown"],
        ["", "request", "unknown"]
      ] as const
    )("%s of kind %s is %s", (code, kind, outcome) => {
      assert.strictEqual(ErrorCode.outcomeOf(code, kind), outcome)
    })

    it("follows the rule for every code that an action declares, with every kind", () => {
      assert.strictEqual(declaredCodes.length, 11_866)
      const wrong = declaredCodes.flatMap(({ code }) =>
        kinds.filter((kind) => ErrorCode.outcomeOf(code, kind) !== ruleOf(code, kind)).map((kind) => `${code} ${kind}`)
      )
      assert.deepStrictEqual(wrong, [])
    })

    it("proves for 7,956 of the declared codes that nothing ran", () => {
      const refusals = declaredCodes.filter(({ code, kind }) => ErrorCode.outcomeOf(code, kind) === "notRun")
      assert.strictEqual(refusals.length, 7_956)
      assert.isTrue(refusals.every(({ code }) => families.has(ErrorCode.familyOf(code))))
    })

    it("is never notRun for a sub-code with a doubtful word in it, whatever its case and place", () => {
      const random = makeRandom(20_261_125)
      const pick = <A>(values: ReadonlyArray<A>): A => values[Math.floor(random() * values.length)]!
      const mixed = (word: string) => Array.from(word, (c) => random() < 0.5 ? c.toUpperCase() : c).join("")
      for (let i = 0; i < 20_000; i++) {
        const rest = pick(declaredCodes).code.replaceAll(".", "")
        const at = Math.floor(random() * (rest.length + 1))
        const word = mixed(pick([...words, "unknown"]))
        const code = `${pick([...families.keys()])}.${rest.slice(0, at)}${word}${rest.slice(at)}`
        assert.strictEqual(ErrorCode.outcomeOf(code, pick(kinds)), "unknown", code)
      }
    })

    it("of a guessed kind is never better than that of the family", () => {
      const better = declaredCodes.filter(({ code }) => {
        const family = families.get(ErrorCode.familyOf(code))
        const usual = family === undefined ? "unknown" : ErrorKind.table[family].outcome
        return ErrorCode.outcomeOf(code, ErrorCode.kindOf(code)) === "notRun" && usual !== "notRun"
      })
      assert.deepStrictEqual(better, [])
    })
  })

  describe("counterparts", () => {
    const catalogued: ReadonlySet<string> = new Set(ErrorCode.catalogue.map(({ code }) => code))

    it("has every code of API 2.0, and 4200", () => {
      assert.deepStrictEqual(
        ErrorCode.counterparts.map(({ v2 }) => v2),
        [...V2.catalogue.map((row): number => row.code), 4200].toSorted((a, b) => a - b)
      )
    })

    it("names common codes, and others only where there is no common one", () => {
      for (const { fit, v2, v3: [nearest, ...others] } of ErrorCode.counterparts) {
        assert.strictEqual(nearest === undefined, fit === "none", `${v2}`)
        if (fit === "same") assert.deepStrictEqual(others, [], `${v2}`)
        if (nearest !== undefined) assert.strictEqual(catalogued.has(nearest), fit !== "services", `${v2}`)
      }
    })

    // The others: 4100 is about credentials in API 2.0, and 4110 says less than any code of API 3.0.
    it("has nearest codes of the same kind, but for 4100 and 4110", () => {
      const differ = V2.catalogue.filter(({ code, kind }) => {
        const [nearest] = Option.getOrThrow(ErrorCode.fromV2(code)).v3
        return nearest !== undefined && catalogued.has(nearest) && ErrorCode.kindOf(nearest) !== kind
      })
      assert.deepStrictEqual(differ.map(({ code }) => code), [4100, 4110])
    })

    it.each(ErrorCode.counterparts)("finds $v2 in both directions", (row) => {
      assert.deepStrictEqual(ErrorCode.fromV2(row.v2), Option.some(row))
      for (const code of row.v3) assert.include(ErrorCode.toV2(code), row)
    })

    it.each([
      ["AuthFailure.UnauthorizedOperation", [4101, 4102, 4103, 4110]],
      ["UnauthorizedOperation.CamNoAuth", [4102, 4103, 4300]],
      ["RequestLimitExceeded.UinLimitExceeded", [4400]],
      ["ResourcesSoldOut.SpecifiedInstanceType", [5200]],
      ["LimitExceeded", []],
      ["DryRunOperation", []],
      ["InvalidInstanceId.NotFound", []]
    ])("%s was %j in API 2.0", (code, numbers) => {
      assert.deepStrictEqual(ErrorCode.toV2(code).map(({ v2 }) => v2), numbers)
    })

    it.each([0, 1, 4001, 4440, Number.NaN])("has no row of %d", (code) => {
      assert.isTrue(Option.isNone(ErrorCode.fromV2(code)))
    })
  })
})
