/**
 * For tests: a client with scripted responses in memory, and a local server that speaks both generations of the API over HTTP.
 * They use modules of Effect that may change in a minor version (`effect/http`), which is why this is an entry of its own.
 */
export * as TencentClientTest from "./TencentClientTest.ts"
export * as TencentGateway from "./TencentGateway.ts"
