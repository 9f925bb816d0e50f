/** The library as the benchmarks import it: by its entry points, and two parts behind them that are measured alone. */
export { ErrorCode, TencentResponse, TencentRetry } from "effect-tencentcloud"
export {
  TencentAction,
  TencentClient,
  TencentCredentials,
  TencentQuotaStore,
  TencentSignature
} from "effect-tencentcloud/client"
export * as parameters from "../src/internal/parameters.ts"
export * as signing from "../src/internal/signing.ts"
