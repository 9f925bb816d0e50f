import { assert, describe, it } from "@effect/vitest"
import { kindOf, kindsOf } from "../../../services/generate/kinds.ts"

describe("the kind of a code by its name", () => {
  it.each([
    ["InvalidInstanceId.NotFound", "notFound"],
    ["FailedOperation.DuplicatedGroupDescription", "exists"],
    ["ResourcesSoldOut.Eip", "soldOut"],
    ["LimitExceeded.EipNumLimit", "limitExceeded"],
    ["MutexOperation.TaskRunning", "busy"],
    ["FailedOperation.ConfInUsed", "inUse"],
    ["UnsupportedOperation.InstanceStateStopped", "wrongState"],
    ["InvalidAccount.InsufficientBalance", "balance"],
    ["OperationDenied.UserNotAuthenticatedError", "identity"],
    ["UnauthorizedOperation.NoLicense", "permission"],
    ["AuthFailure.TokenExpired", "authentication"],
    ["FailedOperation.RequestLimitExceeded", "throttled"],
    ["FailedOperation.Timeout", "timeout"],
    ["InternalError.ServerBusy", "overload"],
    ["CdbError.DatabaseError", "internal"],
    ["InvalidParameter.ParsingError", "request"],
    ["RegionNotSupported", "unsupported"],
    ["FailedOperation.SystemError", "operationFailed"],
    ["DryRunOperation.DryRunOperationError", "unknown"],
    ["Cam.InvalidAuth", "unknown"]
  ])("of %s is %s", (code, kind) => {
    assert.strictEqual(kindOf(code), kind)
  })

  it("is unknown where the code is longer than any", () => {
    assert.strictEqual(kindOf(`ResourceNotFound.${"x".repeat(200)}`), "unknown")
  })

  it("is not written for common codes", () => {
    assert.deepStrictEqual([...kindsOf(["InternalError", "OperationDenied", "ResourceNotFound.Box"])], [
      ["ResourceNotFound.Box", "notFound"]
    ])
  })
})
