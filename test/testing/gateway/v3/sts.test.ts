/**
 * Who calls, and temporary keys for a role.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as V2 from "../../../support/gateway.ts"
import { against, gateway } from "../../../support/gateway.ts"
import { call, codeOf, type Keys, type RequestOptions, withKeys } from "../../../support/gatewayV3.ts"

const sts: RequestOptions = { service: "sts" }

const role = { RoleArn: "qcs::cam::uin/100000000001:roleName/gateway-role", RoleSessionName: "test" }

describe("sts", () => {
  it.effect("keys of an account are those of its root", () =>
    Effect.gen(function*() {
      assert.deepInclude(yield* call("GetCallerIdentity", {}, { ...sts, region: undefined }), {
        Type: "RootAccount",
        AccountId: "100000000001",
        UserId: "100000000001",
        PrincipalId: "100000000001",
        Arn: "qcs::cam::uin/100000000001:root"
      })
    }).pipe(against()))

  it.effect("keys of a role work in both generations until they expire", () =>
    Effect.gen(function*() {
      const { Credentials, Expiration, ExpiredTime } = yield* call("AssumeRole", { ...role, DurationSeconds: 60 }, sts)
      const keys = Credentials as Keys
      assert.strictEqual(ExpiredTime, V2.noon / 1000 + 60)
      assert.strictEqual(Expiration, "2020-09-13T12:27:40Z")
      assert.deepInclude(yield* call("GetCallerIdentity", {}, { ...sts, ...withKeys(keys) }), {
        Type: "CAMRole",
        AccountId: "100000000001",
        UserId: "4611686000000000001:test",
        PrincipalId: "100000000001",
        Arn: "qcs::sts:100000000001:assumed-role/4611686000000000001:test"
      })
      const v2 = { key: keys.TmpSecretKey, set: { SecretId: keys.TmpSecretId, Token: keys.Token } }
      assert.strictEqual(yield* V2.codeOf("DescribeZones", {}, v2), 0)
      assert.strictEqual(
        yield* codeOf("DescribeZones", {}, { ...withKeys(keys), set: {} }),
        "AuthFailure.TokenFailure"
      )
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* codeOf("DescribeZones", {}, withKeys(keys, 60)), "AuthFailure.TokenFailure")
      assert.strictEqual(yield* V2.codeOf("DescribeZones", {}, { ...v2, late: 60 }), 4105)
    }).pipe(against()))

  it.effect("a web identity gets keys without a signature", () =>
    Effect.gen(function*() {
      const request = { ...role, ProviderId: "oidc", WebIdentityToken: "e30.e30.c2ln" }
      const { Credentials } = yield* call("AssumeRoleWithWebIdentity", request, {
        ...sts,
        set: { "authorization": "SKIP", "x-tc-timestamp": undefined }
      })
      assert.strictEqual(yield* codeOf("DescribeZones", {}, withKeys(Credentials as Keys)), "Success")
      const [recorded] = yield* gateway.use((g) => g.requests)
      assert.notInclude(JSON.stringify(recorded), "c2ln")
    }).pipe(against()))

  it.effect.each<readonly [action: string, code: string, name: string, request: object]>([
    ["AssumeRole", "MissingParameter", "no role", { RoleArn: undefined }],
    ["AssumeRole", "MissingParameter", "no session", { RoleSessionName: undefined }],
    ["AssumeRole", "InvalidParameter.ParamError", "a role that is none", { RoleArn: "gateway-role" }],
    ["AssumeRole", "InvalidParameter.ParamError", "a session that is none", { RoleSessionName: "?" }],
    ["AssumeRole", "InvalidParameter.OverTimeError", "a long time", { DurationSeconds: 43_201 }],
    ["AssumeRole", "ResourceNotFound.RoleNotFound", "an unknown role", {
      RoleArn: "qcs::cam::uin/100000000001:roleName/nobody"
    }],
    ["AssumeRoleWithWebIdentity", "MissingParameter", "no provider", { WebIdentityToken: "a.b.c" }],
    ["AssumeRoleWithWebIdentity", "InvalidParameter.WebIdentityTokenError", "a token that is none", {
      ProviderId: "oidc",
      WebIdentityToken: "token"
    }],
    ["AssumeRoleWithWebIdentity", "UnauthorizedOperation", "an unknown role", {
      ProviderId: "oidc",
      WebIdentityToken: "a.b.c",
      RoleArn: "qcs::cam::uin/100000000001:roleName/nobody"
    }]
  ])("%s is refused with %s for %s", ([action, code, , request]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* codeOf(action, { ...role, ...request }, sts), code)
    }).pipe(against()))

  it.effect("an action that may be unsigned is still refused with a wrong signature", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* codeOf("AssumeRoleWithWebIdentity", {}, { ...sts, key: "another" }),
        "AuthFailure.SignatureFailure"
      )
    }).pipe(against()))
})
