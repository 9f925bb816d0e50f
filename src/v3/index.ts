/**
 * API 3.0 (`https://<service>.tencentcloudapi.com`): its codes and errors, its responses, its actions, its signature, and the
 * credentials of roles.
 */
export * as ErrorCode from "./ErrorCode.ts"
export * as TencentAction from "./TencentAction.ts"
export * as TencentEndpoint from "./TencentEndpoint.ts"
export * as TencentError from "./TencentError.ts"
export * as TencentResponse from "./TencentResponse.ts"
export * as TencentRoles from "./TencentRoles.ts"
export * as TencentSignature from "./TencentSignature.ts"
