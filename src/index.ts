/**
 * The core: what can fail (`ErrorCode`, `TencentError`), how an answer becomes an effect (`TencentResponse`), and what to
 * try again (`TencentRetry`). It uses stable modules of Effect only, and runs in every JavaScript runtime.
 */
export * as ErrorCode from "./ErrorCode.ts"
export * as TencentError from "./TencentError.ts"
export * as TencentResponse from "./TencentResponse.ts"
export * as TencentRetry from "./TencentRetry.ts"
