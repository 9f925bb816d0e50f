/**
 * API 3.0 (`https://<service>.tencentcloudapi.com`): its codes and errors, its responses, its actions, and its signature.
 */
export * as ErrorCode from "./ErrorCode.ts"
export * as TencentAction from "./TencentAction.ts"
export * as TencentEndpoint from "./TencentEndpoint.ts"
export * as TencentError from "./TencentError.ts"
export * as TencentResponse from "./TencentResponse.ts"
export * as TencentSignature from "./TencentSignature.ts"
