/**
 * The signed client. It uses modules of Effect that may change in a minor version (`effect/http`), which is why it is an entry
 * point of its own.
 */
export * as TencentClient from "./TencentClient.ts"
export * as TencentCredentials from "./TencentCredentials.ts"
export * as TencentQuotaStore from "./TencentQuotaStore.ts"
