/**
 * API 3.0 (`https://<service>.tencentcloudapi.com`): its codes and errors, and its responses.
 */
export * as ErrorCode from "./ErrorCode.ts"
export * as TencentError from "./TencentError.ts"
export * as TencentResponse from "./TencentResponse.ts"
