/**
 * The signed client of API 2.0. It uses modules of Effect that may change in a minor version (`effect/http` and
 * `effect/persistence`), which is why it is an entry point of its own.
 */
export * as TencentAction from "./TencentAction.ts"
export * as TencentClient from "./TencentClient.ts"
export * as TencentCredentials from "./TencentCredentials.ts"
export * as TencentEndpoint from "./TencentEndpoint.ts"
export * as TencentQuotaStore from "./TencentQuotaStore.ts"
export * as TencentSignature from "./TencentSignature.ts"
