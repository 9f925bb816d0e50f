/**
 * What runs over Redis: the quota store of several processes.
 */
export * as TencentQuotaStoreRedis from "./TencentQuotaStoreRedis.ts"
