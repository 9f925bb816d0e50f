/**
 * The memory of the gateway between requests. It changes by synchronous updates only, and knows no generation of the API.
 */
import type * as Random from "effect/Random"
import { type ClientTokens, makeClientTokens } from "./clientTokens.ts"
import { type Credential, testCredential } from "./credentials.ts"
import { type CvmOptions, type CvmState, makeCvm } from "./cvm.ts"
import { type InjectedFault, type InjectedFaults, makeInjectedFaults } from "./injectedFaults.ts"
import { makeNonces, type Nonces } from "./nonces.ts"
import { makeRequestLog, type RequestLog } from "./requestLog.ts"
import { makeRequestRate, type RequestRate } from "./requestRate.ts"
import type { Issued, TemporaryKeys } from "./temporaryKeys.ts"

/** The part of the options of `TencentGateway` that makes the initial state. They are documented there. */
export interface StateOptions extends CvmOptions {
  readonly credentials?: ReadonlyArray<Credential> | undefined
  readonly quota?: number | undefined
  readonly requireHttps?: boolean | undefined
  readonly clockSkewMillis?: number | undefined
  readonly maintenance?: ReadonlyArray<string> | undefined
  readonly injectedFaults?: ReadonlyArray<InjectedFault> | undefined
  readonly requestLogSize?: number | undefined
  readonly roles?: ReadonlyArray<string> | undefined
}

export interface State {
  readonly credentials: Map<string, Credential>
  readonly issuedKeys: Map<string, Issued>
  readonly maintenance: Set<string>
  readonly cvm: CvmState
  readonly nonces: Nonces
  readonly requestRate: RequestRate
  readonly injectedFaults: InjectedFaults
  readonly requestLog: RequestLog
  /** Requests that changed something, by action. */
  readonly executions: Map<string, number>
  /** The roles that exist. The instance that asks the metadata service has the first one. */
  readonly roles: ReadonlyArray<string>
  /** The responses of the actions that the gateway was given, where their requests had a client token. */
  readonly responses: ClientTokens<
    { readonly request: string; readonly response: { readonly [name: string]: unknown } }
  >
  readonly random: typeof Random.Random.Service
  /** The keys that the metadata service returned last. */
  instanceKeys: TemporaryKeys | undefined
  quota: number
  requireHttps: boolean
  clockSkewMillis: number
}

// The limit of `DescribeInstances` and of many other actions.
const defaultQuota = 20

export const makeState = (options: StateOptions, random: State["random"]): State => ({
  credentials: new Map((options.credentials ?? [testCredential]).map((one) => [one.secretId, one])),
  issuedKeys: new Map(),
  maintenance: new Set(options.maintenance),
  cvm: makeCvm(options),
  nonces: makeNonces(),
  requestRate: makeRequestRate(),
  injectedFaults: makeInjectedFaults(options.injectedFaults),
  requestLog: makeRequestLog(options.requestLogSize ?? 10_000),
  executions: new Map(),
  roles: options.roles ?? ["gateway-role"],
  responses: makeClientTokens(),
  random,
  instanceKeys: undefined,
  quota: options.quota ?? defaultQuota,
  requireHttps: options.requireHttps ?? false,
  clockSkewMillis: options.clockSkewMillis ?? 0
})
