/**
 * The core: the meanings of failures (`ErrorKind`) and handlers for the failures of all calls (`Failure`), retries
 * (`TencentRetry`), and the codes, errors and responses of API 2.0 (`ErrorCode`, `TencentError`, `TencentResponse`). It uses
 * stable modules of Effect only, and runs in every JavaScript runtime.
 */
export * as ErrorKind from "./ErrorKind.ts"
export * as Failure from "./Failure.ts"
export * as TencentRetry from "./TencentRetry.ts"
export * as TransportFailure from "./TransportFailure.ts"
export * as UnexpectedStatus from "./UnexpectedStatus.ts"
export * as ErrorCode from "./v2/ErrorCode.ts"
export * as TencentError from "./v2/TencentError.ts"
export * as TencentResponse from "./v2/TencentResponse.ts"
