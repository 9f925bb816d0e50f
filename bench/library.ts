/** The library as the benchmarks import it: by its entry points, and three parts behind them that are measured alone. */
export { ErrorCode, TencentError, TencentResponse, TencentRetry } from "effect-tencentcloud"
export { TencentClient, TencentCredentials, TencentQuotaStore } from "effect-tencentcloud/client"
export { TencentQuotaStoreRedis } from "effect-tencentcloud/redis"
export { TencentAction, TencentSignature } from "effect-tencentcloud/v2"
export * as v3 from "effect-tencentcloud/v3"
export * as parameters from "../src/v2/internal/parameters.ts"
export * as signing from "../src/v2/internal/signing.ts"
export * as signing3 from "../src/v3/internal/signing.ts"
