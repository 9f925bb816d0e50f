export * as TencentClientTest from "./TencentClientTest.ts"
