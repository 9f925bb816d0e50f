/**
 * The core: what can fail (`ErrorCode`, `TencentError`), how a response becomes an effect (`TencentResponse`), and what to
 * try again (`TencentRetry`). It uses stable modules of Effect only, and runs in every JavaScript runtime.
 */
export * as ErrorKind from "./ErrorKind.ts"
export * as TencentRetry from "./TencentRetry.ts"
export * as ErrorCode from "./v2/ErrorCode.ts"
export * as TencentError from "./v2/TencentError.ts"
export * as TencentResponse from "./v2/TencentResponse.ts"
