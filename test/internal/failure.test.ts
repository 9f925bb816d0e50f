import { assert, describe, it } from "@effect/vitest"
import { ErrorKind, TencentError } from "effect-tencentcloud"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import { construct, noContext, outcomeIn } from "../../src/internal/failure.ts"

const fields = {
  message: "slow",
  code: 4400,
  codeDesc: "Desc",
  moduleCode: 1,
  requestId: "r-1",
  action: "cvm.RunInstances",
  outcome: "unknown",
  body: Redacted.make<unknown>({ code: 4400 })
} as const

describe("construct", () => {
  it("makes what the constructor makes", () => {
    const { code: _, ...rest } = fields
    const constructed = new TencentError.QuotaExceeded(rest)
    const error = construct(TencentError.QuotaExceeded, "QuotaExceeded", fields)
    assert.instanceOf(error, TencentError.QuotaExceeded)
    assert.instanceOf(error, Error)
    assert.isTrue(Equal.equals(error, constructed))
    assert.deepStrictEqual([error.stack, error.toJSON()], [constructed.stack, constructed.toJSON()])
    assert.sameMembers(Object.keys(error), Object.keys(constructed))
  })

  it("leaves out what is undefined", () => {
    const fields = { message: "", code: 4400, outcome: "notRun" as const, requestId: undefined }
    const error = construct(TencentError.QuotaExceeded, "QuotaExceeded", fields)
    assert.notProperty(error, "requestId")
    assert.sameMembers(Object.keys(error), Object.keys(new TencentError.QuotaExceeded()))
  })
})

describe("the limit of stack traces", () => {
  const makers: ReadonlyArray<readonly [name: string, make: () => void]> = [
    ["an error of a response", () => construct(TencentError.QuotaExceeded, "QuotaExceeded", fields)],
    ["an error of a program", () => new TencentError.QuotaExceeded()],
    ["an error that its fields keep from being made", () => {
      assert.throws(() => new TencentError.UnknownErrorCode({ code: NaN }))
    }]
  ]
  it.each(makers)("is what it was after %s", (_, make) => {
    const before = Error.stackTraceLimit
    try {
      for (const limit of [0, 7, Infinity]) {
        Error.stackTraceLimit = limit
        make()
        assert.strictEqual(Error.stackTraceLimit, limit)
      }
    } finally {
      Error.stackTraceLimit = before
    }
  })
})

describe("outcomeIn", () => {
  it.each(ErrorKind.outcomes)("leaves %s as it is in a call without an earlier attempt", (outcome) => {
    assert.strictEqual(outcomeIn(outcome, noContext), outcome)
  })

  it.each(ErrorKind.outcomes)("does not say notRun after an attempt that may have run: %s", (outcome) => {
    const context = { ...noContext, earlierMayHaveRun: true }
    assert.strictEqual(outcomeIn(outcome, context), outcome === "notRun" ? "unknown" : outcome)
  })
})
