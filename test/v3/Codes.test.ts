/**
 * Every code that an action of API 3.0 declares, as a response brings it: where the action declares it, and where it does not.
 */
import { assert, describe, it } from "@effect/vitest"
import type { ErrorKind } from "effect-tencentcloud"
import { type TencentError, TencentResponse } from "effect-tencentcloud/v3"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type DeclaredCode, declaredCodes } from "../support/codesV3.ts"

type Kind = TencentError.CodeKind
type Outcome = ErrorKind.Outcome

// The two codes that the fixture leaves out.
const codes: ReadonlyArray<DeclaredCode> = [
  ...declaredCodes,
  { code: "InternalError.", kind: "internal" },
  { code: "MissingParameter.", kind: "request" }
]

const byKind: { [K in Kind]?: Array<string> } = {}
for (const { code, kind } of codes) (byKind[kind] ??= []).push(code)

const declaring = TencentResponse.decodeResult(Schema.Unknown, { errors: byKind })
const bare = TencentResponse.decodeResult(Schema.Unknown)

interface Read {
  readonly _tag: string
  readonly code?: string | number
  readonly kind: ErrorKind.ErrorKind
  readonly outcome: Outcome
}

const failureOf = (decode: (raw: unknown) => Result.Result<unknown, Read>, Code: string): Read =>
  Result.getOrThrow(Result.flip(decode({ Response: { Error: { Code, Message: "no" }, RequestId: "r-1" } })))

// ---------------------------------------------------------------------------------------------------------------------
// Written by hand: nothing in these tables is derived from the code under test.
// ---------------------------------------------------------------------------------------------------------------------

/** The 40 common codes, and what they mean. Those without a dot are families, too. */
const common: { readonly [code: string]: readonly [kind: Kind, outcome: Outcome] } = {
  ActionOffline: ["unsupported", "notRun"],
  AuthFailure: ["authentication", "notRun"],
  "AuthFailure.InvalidAuthorization": ["authentication", "notRun"],
  "AuthFailure.InvalidSecretId": ["credentials", "notRun"],
  "AuthFailure.MFAFailure": ["authentication", "notRun"],
  "AuthFailure.SecretIdNotFound": ["credentials", "notRun"],
  "AuthFailure.SignatureExpire": ["replay", "notRun"],
  "AuthFailure.SignatureFailure": ["authentication", "notRun"],
  "AuthFailure.TokenFailure": ["credentials", "notRun"],
  "AuthFailure.UnauthorizedOperation": ["permission", "notRun"],
  DryRunOperation: ["dryRun", "notRun"],
  FailedOperation: ["operationFailed", "unknown"],
  InternalError: ["internal", "unknown"],
  InvalidAction: ["unsupported", "notRun"],
  InvalidParameter: ["request", "notRun"],
  InvalidParameterValue: ["request", "notRun"],
  InvalidRequest: ["request", "notRun"],
  IpInBlacklist: ["permission", "notRun"],
  IpNotInWhitelist: ["permission", "notRun"],
  LimitExceeded: ["limitExceeded", "notRun"],
  MissingParameter: ["request", "notRun"],
  NoSuchProduct: ["unsupported", "notRun"],
  NoSuchVersion: ["unsupported", "notRun"],
  OperationDenied: ["wrongState", "notRun"],
  RequestLimitExceeded: ["throttled", "notRun"],
  "RequestLimitExceeded.GlobalRegionUinLimitExceeded": ["throttled", "notRun"],
  "RequestLimitExceeded.IPLimitExceeded": ["throttled", "notRun"],
  "RequestLimitExceeded.UinLimitExceeded": ["throttled", "notRun"],
  RequestSizeLimitExceeded: ["request", "notRun"],
  ResourceInUse: ["inUse", "notRun"],
  ResourceInsufficient: ["soldOut", "notRun"],
  ResourceNotFound: ["notFound", "notRun"],
  ResourceUnavailable: ["wrongState", "notRun"],
  ResponseSizeLimitExceeded: ["request", "unknown"],
  ServiceUnavailable: ["unavailable", "notRun"],
  UnauthorizedOperation: ["permission", "notRun"],
  UnknownParameter: ["request", "notRun"],
  UnsupportedOperation: ["unsupported", "notRun"],
  UnsupportedProtocol: ["unsupported", "notRun"],
  UnsupportedRegion: ["unsupported", "notRun"]
}

/** A hundred codes: the kind and the outcome where they are declared, and those where they are not. */
const hundred: ReadonlyArray<
  readonly [code: string, kind: Kind, outcome: Outcome, undeclared: Kind, undeclaredOutcome: Outcome]
> = [
  ["AccountQualificationRestrictions", "identity", "unknown", "unknown", "unknown"],
  ["AuthFailure.AccountUnavailable", "authentication", "notRun", "authentication", "notRun"],
  ["AuthFailure.AgentExpired", "authentication", "notRun", "authentication", "notRun"],
  ["AuthFailure.CheckResourceResponseCodeError", "authentication", "notRun", "authentication", "notRun"],
  ["AuthFailure.UnRealNameAuthenticated", "identity", "notRun", "authentication", "notRun"],
  ["AuthFailure.UserStopArrear", "balance", "notRun", "authentication", "notRun"],
  ["CdbError.DatabaseError", "internal", "unknown", "unknown", "unknown"],
  ["DryRunOperation.AddTagDryrunError", "unknown", "unknown", "unknown", "unknown"],
  ["DryRunOperation.DryRunOperationError", "unknown", "unknown", "unknown", "unknown"],
  ["EniNotAllowedChangeSubnet", "request", "unknown", "unknown", "unknown"],
  ["FailedOperation.ArrearsError", "balance", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.Cls", "operationFailed", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.ConflictAction", "busy", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.ConnectionTimeOutError", "timeout", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.CustomOrderIdAlreadyExist", "exists", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.DatabaseAccessError", "operationFailed", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.DuplicatedAccount", "exists", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.FailedOperation", "operationFailed", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.GameLockFail", "busy", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.ImageDecodeFailed", "request", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.NotRealNamedUser", "identity", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.RequestTimeout", "timeout", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.ServiceTimeout", "timeout", "unknown", "operationFailed", "unknown"],
  ["FailedOperation.UserArrears", "balance", "unknown", "operationFailed", "unknown"],
  ["ImageQuotaLimitExceeded", "limitExceeded", "unknown", "unknown", "unknown"],
  ["InstanceNotExist", "notFound", "unknown", "unknown", "unknown"],
  ["InternalError.BrokerService", "internal", "unknown", "internal", "unknown"],
  ["InternalError.DBError", "internal", "unknown", "internal", "unknown"],
  ["InternalError.InternalError", "internal", "unknown", "internal", "unknown"],
  ["InternalError.OverLoadError", "overload", "unknown", "internal", "unknown"],
  ["InternalError.ServerOverload", "overload", "unknown", "internal", "unknown"],
  ["InternalError.SystemError", "internal", "unknown", "internal", "unknown"],
  ["InternalError.Timeout", "timeout", "unknown", "internal", "unknown"],
  ["InternalError.UnknownError", "internal", "unknown", "internal", "unknown"],
  ["InvalidAccountStatus", "wrongState", "unknown", "unknown", "unknown"],
  ["InvalidFilter", "request", "unknown", "unknown", "unknown"],
  ["InvalidParameter.FormatError", "request", "notRun", "request", "notRun"],
  ["InvalidParameter.InstanceNotFound", "notFound", "notRun", "request", "notRun"],
  ["InvalidParameter.MissingParameter", "request", "notRun", "request", "notRun"],
  ["InvalidParameter.ParsingError", "request", "notRun", "request", "notRun"],
  ["InvalidParameter.PermissionDenied", "permission", "notRun", "request", "notRun"],
  ["InvalidParameter.PlanIdNotFound", "notFound", "notRun", "request", "notRun"],
  ["InvalidParameter.ProjectNameExisted", "exists", "notRun", "request", "notRun"],
  ["InvalidParameter.ScimCredentialNotFound", "notFound", "notRun", "request", "notRun"],
  ["InvalidParameter.ServiceIsBusy", "overload", "unknown", "request", "notRun"],
  ["InvalidParameter.WithoutRealName", "identity", "notRun", "request", "notRun"],
  ["InvalidParameterValue.InstanceNotExist", "notFound", "notRun", "request", "notRun"],
  ["InvalidParameterValue.InvalidClientToken", "request", "notRun", "request", "notRun"],
  ["InvalidParameterValue.LimitExceeded", "request", "notRun", "request", "notRun"],
  ["InvalidParameterValue.Malformed", "request", "notRun", "request", "notRun"],
  ["InvalidParameterValue.ResourceAlreadyExist", "exists", "notRun", "request", "notRun"],
  ["InvalidParameterValue.TooLong", "request", "notRun", "request", "notRun"],
  ["LimitExceeded.CdnPushExceedBatchLimit", "limitExceeded", "notRun", "limitExceeded", "notRun"],
  ["LimitExceeded.ResponseTimeout", "timeout", "unknown", "limitExceeded", "unknown"],
  ["LimitExceeded.TooFrequentlyCalled", "throttled", "notRun", "limitExceeded", "notRun"],
  ["LimitExceeded.Trigger", "limitExceeded", "notRun", "limitExceeded", "notRun"],
  ["MissingParameter.ConfigNameRequired", "request", "notRun", "request", "notRun"],
  ["MissingParameter.SliceType", "request", "notRun", "request", "notRun"],
  ["OperationDenied.AccountIsolate", "wrongState", "notRun", "wrongState", "notRun"],
  ["OperationDenied.AccountNotExists", "notFound", "notRun", "wrongState", "notRun"],
  ["OperationDenied.BalanceInsufficient", "balance", "notRun", "wrongState", "notRun"],
  ["OperationDenied.InstanceTaskConflictError", "busy", "notRun", "wrongState", "notRun"],
  ["OperationDenied.NotAllowDelete", "wrongState", "notRun", "wrongState", "notRun"],
  ["RegionError", "internal", "unknown", "unknown", "unknown"],
  ["RequestLimitExceeded.CreateUser", "throttled", "notRun", "throttled", "notRun"],
  ["RequestLimitExceeded.SendSms", "throttled", "notRun", "throttled", "notRun"],
  ["ResourceBusy", "busy", "unknown", "unknown", "unknown"],
  ["ResourceInUse.Midas", "inUse", "notRun", "inUse", "notRun"],
  ["ResourceInUse.Zone", "inUse", "notRun", "inUse", "notRun"],
  ["ResourceInsufficient.EnvPoolEmpty", "soldOut", "notRun", "soldOut", "notRun"],
  ["ResourceInsufficient.SubnetIp", "soldOut", "notRun", "soldOut", "notRun"],
  ["ResourceInsufficient.UpgradeServiceBusy", "overload", "unknown", "soldOut", "notRun"],
  ["ResourceNotFound.CdnUserTooManyHosts", "notFound", "notRun", "notFound", "notRun"],
  ["ResourceNotFound.InstanceNotFound", "notFound", "notRun", "notFound", "notRun"],
  ["ResourceNotFound.LoadBalancerNotFound", "notFound", "notRun", "notFound", "notRun"],
  ["ResourceNotFound.StopService", "notFound", "notRun", "notFound", "notRun"],
  ["ResourceNotFound.Vpc", "notFound", "notRun", "notFound", "notRun"],
  ["ResourceUnavailable.BackupStatusInvalid", "wrongState", "notRun", "wrongState", "notRun"],
  ["ResourceUnavailable.InArrears", "balance", "notRun", "wrongState", "notRun"],
  ["ResourceUnavailable.InstanceStateError", "wrongState", "notRun", "wrongState", "notRun"],
  ["ResourceUnavailable.InstanceStatusAbnormal", "wrongState", "notRun", "wrongState", "notRun"],
  ["ResourceUnavailable.LoadBalancerInOperation", "busy", "notRun", "wrongState", "notRun"],
  ["ResourceUnavailable.NotExist", "notFound", "notRun", "wrongState", "notRun"],
  ["ResourcesSoldOut", "soldOut", "unknown", "unknown", "unknown"],
  ["ResourcesSoldOut.EipInsufficient", "soldOut", "unknown", "unknown", "unknown"],
  ["ResourcesSoldOut.SpecifiedInstanceType", "soldOut", "unknown", "unknown", "unknown"],
  ["TradeDealConflict", "busy", "unknown", "unknown", "unknown"],
  ["UnauthorizedOperation.CamNoAuth", "permission", "notRun", "permission", "notRun"],
  ["UnauthorizedOperation.NoPermission", "permission", "notRun", "permission", "notRun"],
  ["UnauthorizedOperation.NotRealNameAccount", "identity", "notRun", "permission", "notRun"],
  ["UnauthorizedOperation.PermissionDenied", "permission", "notRun", "permission", "notRun"],
  ["UnauthorizedOperation.ServiceSuspendDueToArrears", "balance", "notRun", "permission", "notRun"],
  ["UnauthorizedOperation.UnauthorizedUser", "permission", "notRun", "permission", "notRun"],
  ["UnsupportedOperation.DCGatewayNatRuleExists", "exists", "notRun", "unsupported", "notRun"],
  ["UnsupportedOperation.DbVersionNotSupported", "unsupported", "notRun", "unsupported", "notRun"],
  ["UnsupportedOperation.DefaultForwardingRuleOperate", "unsupported", "notRun", "unsupported", "notRun"],
  ["UnsupportedOperation.HasDuplicatedTask", "exists", "notRun", "unsupported", "notRun"],
  ["UnsupportedOperation.HeteroScalingExecuting", "busy", "notRun", "unsupported", "notRun"],
  ["UnsupportedOperation.SystemBusy", "overload", "unknown", "unsupported", "unknown"],
  ["UnsupportedOperation.UnopenedIntranetServicesInRegion", "unsupported", "notRun", "unsupported", "notRun"]
]

// ---------------------------------------------------------------------------------------------------------------------

describe("the 11,868 codes of API 3.0", () => {
  it("are all there, and the tables have 40 and 100 of them", () => {
    assert.strictEqual(new Set(codes.map(({ code }) => code)).size, 11_868)
    assert.strictEqual(Object.keys(common).length, 40)
    assert.strictEqual(new Set(hundred.map(([code]) => code)).size, 100)
    const known = new Set(codes.map(({ code }) => code))
    assert.deepStrictEqual(hundred.filter(([code]) => !known.has(code)), [])
  })

  it("are errors with the code as tag, of their declared kind, where an action declares them", () => {
    const wrong = codes.filter(({ code, kind }) => {
      const error = failureOf(declaring, code)
      return error._tag !== code || error.code !== code || error.kind !== kind
    })
    assert.deepStrictEqual(wrong, [])
  })

  it("are UnknownErrorCodes of the kind of their family where nobody declares them, but for the common ones", () => {
    const wrong = codes.flatMap(({ code }) => {
      const { _tag, kind, outcome } = failureOf(bare, code)
      const exact = common[code]
      // A sub-code of a dry run says that it failed.
      const family = code.startsWith("DryRunOperation.") ? undefined : common[code.split(".")[0]!]
      const expected = exact === undefined
        ? ["UnknownErrorCode", family?.[0] ?? "unknown"]
        : [code, exact[0]]
      // No sub-code is better than its family.
      const isWorse = outcome === "unknown" || (exact ?? family)?.[1] === "notRun"
      return _tag === expected[0] && kind === expected[1] && isWorse ? [] : [{ code, _tag, kind, outcome }]
    })
    assert.deepStrictEqual(wrong, [])
  })

  it.each(Object.entries(common))("%s has the kind and the outcome of the list", (code, [kind, outcome]) => {
    const error = failureOf(bare, code)
    assert.deepStrictEqual([error._tag, error.kind, error.outcome], [code, kind, outcome])
  })

  it.each(hundred)("%s is %s (%s) where it is declared, and %s (%s) where not", (code, kind, outcome, other, less) => {
    const error = failureOf(declaring, code)
    assert.deepStrictEqual([error._tag, error.kind, error.outcome], [code, kind, outcome])
    const unknown = failureOf(bare, code)
    assert.deepStrictEqual([unknown._tag, unknown.kind, unknown.outcome], ["UnknownErrorCode", other, less])
  })

  it.each<readonly [name: string, change: (code: string) => string]>([
    ["in other letter case", (code) => code === code.toLowerCase() ? code.toUpperCase() : code.toLowerCase()],
    ["with a dot at the end", (code) => `${code}.`],
    ["of another family", (code) => `X${code}`],
    ["without the last letter", (code) => code.slice(0, -1)],
    ["with one letter more", (code) => `${code}x`]
  ])("%s are not declared", (_, change) => {
    const known = new Set(codes.map(({ code }) => code))
    const near = codes.map(({ code }) => change(code)).filter((code) => !known.has(code) && !(code in common))
    assert.isAbove(near.length, 11_500)
    const wrong = near.filter((code) => {
      const error = failureOf(declaring, code)
      return error._tag !== "UnknownErrorCode" || error.code !== code
    })
    assert.deepStrictEqual(wrong, [])
  })

  it("of which one is a part of another stay apart", () => {
    const error = failureOf(declaring, "FailedOperation.FailedOperation.FailedOperation")
    assert.deepStrictEqual([error._tag, error.kind], ["UnknownErrorCode", "operationFailed"])
  })
})
