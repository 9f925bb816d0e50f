/**
 * One way to each of the 22 codes, in the order of the codes. The gateway starts anew before each of them.
 */
import { Effect, Layer, Random, Redacted, Schedule } from "effect"
import { type ErrorCode, type TencentError, TencentRetry } from "effect-tencentcloud"
import { type TencentClient, TencentCredentials } from "effect-tencentcloud/client"
import { TencentGateway } from "effect-tencentcloud/testing"
import type { HttpClient } from "effect/http"
import { buyInstance, connect, describeInstances, misspeltCall, startInstances, stopInstances } from "./calls.ts"

type Prepare = (gateway: TencentGateway.TencentGateway["Service"]) => Effect.Effect<void>

export interface Scenario {
  /** What the call promises to fail with. */
  readonly tag: ErrorCode.Tag
  /** How many requests it promises to send for that. */
  readonly requests: number
  readonly how: string
  readonly call: Effect.Effect<
    unknown,
    TencentError.TencentError | TencentClient.ClientError,
    TencentClient.TencentClient | TencentGateway.TencentGateway | HttpClient.HttpClient
  >
  /** What is changed about the gateway first. */
  readonly prepare?: Prepare
  readonly client?: ReturnType<typeof connect>
}

const { testCredential } = TencentGateway
const { secretId, secretKey } = testCredential

/** The gateway treats the test credential in another way. */
const treat = (fields: Partial<TencentGateway.Credential>): Prepare => (gateway) =>
  gateway.setCredential({ ...testCredential, ...fields })

/** A source of temporary keys that returns another token each time. */
const temporaryKeys = Layer.unwrap(Effect.sync(() => {
  let loads = 0
  return TencentCredentials.layerRefreshing(
    Effect.sync(() => ({ secretId, secretKey, token: Redacted.make(`token-${++loads}`) }))
  )
}))

/** Two clients that begin with the same random number, as on a machine that was cloned while it ran. */
const twins = Effect.gen(function*() {
  const one = describeInstances().pipe(Effect.repeat({ times: 2 }), Effect.provide(connect()))
  const other = describeInstances().pipe(Effect.provide(connect()))
  yield* Random.withSeed(one, "twins")
  return yield* Random.withSeed(other, "twins")
})

/** The default policies wait longer than a tour should take. */
const quickly = TencentRetry.byKind({
  internal: Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 2 })),
  unavailable: Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 1 }))
})

const withoutRetries = TencentRetry.make({})

export const scenarios: ReadonlyArray<Scenario> = [
  {
    tag: "InvalidParameter",
    requests: 1,
    how: "a page of 1,000 instances",
    call: describeInstances({ limit: 1_000 })
  },
  {
    tag: "AuthenticationFailed",
    requests: 1,
    how: "signed with another key",
    call: describeInstances(),
    client: connect({}, TencentCredentials.layer({ secretId, secretKey: Redacted.make("another-key") }))
  },
  {
    tag: "UnauthorizedApi",
    requests: 1,
    how: "a sub-account may not buy",
    prepare: treat({ denied: { actions: ["RunInstances"] } }),
    call: buyInstance
  },
  {
    tag: "UnauthorizedResource",
    requests: 1,
    how: "it may not use this instance",
    prepare: treat({ denied: { resources: ["ins-00000001"] } }),
    call: describeInstances({ instanceIds: ["ins-00000001"] })
  },
  {
    tag: "UnauthorizedApiResource",
    requests: 1,
    how: "it may use it, but not stop it",
    prepare: treat({ denied: { resourcesByAction: { StopInstances: ["ins-00000001"] } } }),
    call: stopInstances("ins-00000001")
  },
  {
    tag: "SecretIdNotFound",
    requests: 1,
    how: "a SecretId that was disabled",
    prepare: (gateway) => gateway.disableSecret(secretId),
    call: describeInstances()
  },
  {
    tag: "InvalidToken",
    requests: 2,
    how: "an old token, then a wrong one",
    prepare: treat({ token: Redacted.make("token-1"), tokenExpiresAt: 0 }),
    call: describeInstances(),
    client: connect({}, temporaryKeys)
  },
  {
    tag: "MfaFailed",
    requests: 1,
    how: "keys that need a second factor",
    prepare: treat({ mfaRequired: true }),
    call: describeInstances()
  },
  {
    tag: "CamAuthenticationFailed",
    requests: 1,
    how: "refused by a CAM policy",
    prepare: treat({ camRefused: true }),
    call: describeInstances()
  },
  {
    tag: "AccessDenied",
    requests: 1,
    how: "a blocked account",
    prepare: treat({ blocked: true }),
    call: describeInstances()
  },
  {
    tag: "QuotaExceeded",
    requests: 1,
    how: "no quota, and no retries",
    prepare: (gateway) => gateway.setQuota(0),
    call: describeInstances(),
    client: connect({ retry: withoutRetries })
  },
  {
    tag: "ReplayAttack",
    requests: 3,
    how: "a twin has used the nonces",
    call: twins
  },
  {
    tag: "UnsupportedProtocol",
    requests: 1,
    how: "HTTP where HTTPS is required",
    prepare: (gateway) => gateway.setRequireHttps(true),
    call: describeInstances()
  },
  {
    tag: "ResourceNotFound",
    requests: 1,
    how: "stop an instance that is not there",
    call: stopInstances("ins-00000009")
  },
  {
    tag: "ResourceOperationFailed",
    requests: 1,
    how: "start an instance that runs",
    call: startInstances("ins-00000001")
  },
  {
    tag: "ResourcePurchaseFailed",
    requests: 1,
    how: "buy what is sold out",
    prepare: (gateway) => gateway.setStock(0),
    call: buyInstance
  },
  {
    tag: "InsufficientBalance",
    requests: 1,
    how: "buy without money",
    prepare: (gateway) => gateway.setBalance(0),
    call: buyInstance
  },
  {
    tag: "PartialSuccess",
    requests: 1,
    how: "stop two, one already stopped",
    call: stopInstances("ins-00000001", "ins-00000002")
  },
  {
    tag: "IdentityNotVerified",
    requests: 1,
    how: "buy with no verified identity",
    prepare: (gateway) => gateway.setIdentityVerified(false),
    call: buyInstance
  },
  {
    tag: "InternalError",
    requests: 3,
    how: "an injected fault, two retries",
    prepare: (gateway) => gateway.injectFault({ response: TencentGateway.apiError(6000), times: Infinity }),
    call: describeInstances(),
    client: connect({ retry: quickly })
  },
  {
    tag: "UnsupportedVersion",
    requests: 1,
    how: "an action with a misspelt name",
    call: misspeltCall
  },
  {
    tag: "ApiUnavailable",
    requests: 2,
    how: "closed for maintenance, one retry",
    prepare: (gateway) => gateway.setMaintenance("RunInstances", true),
    call: buyInstance,
    client: connect({ retry: quickly })
  }
]
