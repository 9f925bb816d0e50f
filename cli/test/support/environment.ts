/**
 * The environment that the command has in the tests: no keys, no files and no language of whoever runs them.
 */
import { TencentGateway } from "effect-tencentcloud/testing"
import * as Redacted from "effect/Redacted"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export interface Environment {
  readonly [name: string]: string
}

/** A folder with files, which is gone in the end. */
export const folder = (files: { readonly [path: string]: string } = {}) => {
  const path = mkdtempSync(join(tmpdir(), "effect-tencentcloud-cli-"))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), text)
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export const environment = (more: Environment = {}): Environment => ({
  PATH: process.env["PATH"] ?? "",
  HOME: join(tmpdir(), "effect-tencentcloud-cli-nobody"),
  LC_ALL: "C",
  TERM: "xterm",
  ...more
})

/** The keys that the gateway knows, and a region. */
export const account: Environment = {
  TENCENTCLOUD_SECRET_ID: TencentGateway.testCredential.secretId,
  TENCENTCLOUD_SECRET_KEY: Redacted.value(TencentGateway.testCredential.secretKey),
  TENCENTCLOUD_REGION: "ap-guangzhou"
}
