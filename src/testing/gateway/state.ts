/**
 * What the gateway knows: who may call, what is closed, and the state of its module. It changes by synchronous updates only.
 */
import * as Redacted from "effect/Redacted"
import type { CvmState, Instance, InstanceType } from "./cvm.ts"
import { makeRateCounter, type RateCounter } from "./quota.ts"
import { makeReplayGuard, type ReplayGuard } from "./replay.ts"

// ---------------------------------------------------------------------------------------------------------------------
// Credentials
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What a sub-account may not do.
 *
 * @category models
 */
export interface Denied {
  /** Actions that are refused with 4101. */
  readonly actions?: ReadonlyArray<string> | undefined
  /** Ids (of instances, of an image) that are refused with 4102, whatever the action. */
  readonly resources?: ReadonlyArray<string> | undefined
  /** Ids that are refused with 4103, by action. */
  readonly resourcesByAction?: { readonly [action: string]: ReadonlyArray<string> } | undefined
}

/**
 * A pair of keys that the gateway knows, and how it is treated. The two halves and the token are what a client needs.
 *
 * @category models
 */
export interface Credential {
  readonly secretId: string
  readonly secretKey: Redacted.Redacted<string>
  /** Makes the keys temporary: a request without this token is refused with 4105. */
  readonly token?: Redacted.Redacted<string> | undefined
  /** When the token ends, in milliseconds since the epoch by the gateway's clock. By default never. */
  readonly tokenExpiresAt?: number | undefined
  /** The key exists, but is refused with 4104. */
  readonly disabled?: boolean | undefined
  /** Calls need a second factor, which a signature cannot give: 4106. */
  readonly mfaRequired?: boolean | undefined
  /** The account is blocked: 4300. */
  readonly blocked?: boolean | undefined
  /** Any other refusal by Cloud Access Management: 4110. */
  readonly camRefused?: boolean | undefined
  /** What a sub-account may not do. Nothing is denied by default. */
  readonly denied?: Denied | undefined
}

/**
 * The credential that a gateway knows unless its options say otherwise. It is no secret and works nowhere else.
 *
 * **Example** (As the credentials of a client)
 *
 * ```ts
 * import { TencentGateway } from "effect-tencentcloud/testing"
 *
 * console.log(TencentGateway.testCredential.secretId) // => AKIDgatewaytestcredential000000000001
 * console.log(String(TencentGateway.testCredential.secretKey)) // => <redacted>
 * ```
 *
 * @category constants
 */
export const testCredential: Credential = {
  secretId: "AKIDgatewaytestcredential000000000001",
  secretKey: /*#__PURE__*/ Redacted.make("gatewaytestsecretkey0000000000001")
}

// ---------------------------------------------------------------------------------------------------------------------
// State
// ---------------------------------------------------------------------------------------------------------------------

/** The part of the options of `TencentGateway` that makes the initial state. They are documented there. */
export interface StateOptions {
  readonly credentials?: ReadonlyArray<Credential> | undefined
  readonly quota?: number | undefined
  readonly requireHttps?: boolean | undefined
  readonly clockSkewMillis?: number | undefined
  readonly balance?: number | undefined
  readonly identityVerified?: boolean | undefined
  readonly instanceTypes?: { readonly [instanceType: string]: InstanceType } | undefined
  readonly instances?: ReadonlyArray<Pick<Instance, "instanceId"> & Partial<Instance>> | undefined
  readonly maintenance?: ReadonlyArray<string> | undefined
}

export interface State {
  readonly credentials: Map<string, Credential>
  readonly maintenance: Set<string>
  readonly cvm: CvmState
  readonly replays: ReplayGuard
  readonly rates: RateCounter
  /** Requests that changed something, by action. */
  readonly executions: Map<string, number>
  quota: number
  requireHttps: boolean
  clockSkewMillis: number
}

// The limit of `DescribeInstances` and of many other actions.
const defaultQuota = 20

const defaultTypes: { readonly [instanceType: string]: InstanceType } = {
  "S1.SMALL1": { price: 2_000, stock: 100 },
  "S1.MEDIUM4": { price: 8_000, stock: 100 },
  "S1.LARGE8": { price: 16_000, stock: 100 }
}

// The order of the fields is that of a response.
const toInstance = ({ instanceId, ...given }: Pick<Instance, "instanceId"> & Partial<Instance>): Instance => ({
  instanceId,
  instanceName: "Unnamed",
  instanceType: "S1.SMALL1",
  imageId: "img-00000001",
  zone: "ap-guangzhou-3",
  status: "RUNNING",
  createTime: "2020-01-01T00:00:00.000Z",
  ...given
})

const defaultInstances: StateOptions["instances"] = [
  { instanceId: "ins-00000001", instanceName: "web" },
  { instanceId: "ins-00000002", instanceName: "worker", status: "STOPPED" }
]

export const makeState = (options: StateOptions): State => ({
  credentials: new Map((options.credentials ?? [testCredential]).map((one) => [one.secretId, one])),
  maintenance: new Set(options.maintenance),
  cvm: {
    instances: new Map((options.instances ?? defaultInstances).map((one) => [one.instanceId, toInstance(one)])),
    types: new Map(Object.entries(options.instanceTypes ?? defaultTypes)),
    balance: options.balance ?? 100_000,
    identityVerified: options.identityVerified ?? true,
    sequence: 1_000_000
  },
  replays: makeReplayGuard(),
  rates: makeRateCounter(),
  executions: new Map(),
  quota: options.quota ?? defaultQuota,
  requireHttps: options.requireHttps ?? false,
  clockSkewMillis: options.clockSkewMillis ?? 0
})
