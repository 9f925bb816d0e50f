/**
 * What an editor shows over a field of an error: its documentation.
 */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript-6"

const root = fileURLToPath(new URL("../..", import.meta.url))
const file = join(root, "test/types/hover.ts")

/** Of every error of a call. */
const common = ["_tag", "name", "message", "kind", "category", "retryClass", "outcome", "action", "toJSON"]

/** The fields of a class that a person reads. */
const fields: { readonly [type: string]: ReadonlyArray<string> } = {
  "TencentError.QuotaExceeded": [...common, "code", "codeDesc", "moduleCode", "requestId", "body"],
  "TencentError.UnknownErrorCode": [...common, "code", "codeDesc", "moduleCode", "requestId", "body"],
  "TencentError.TencentError": [...common, "code", "codeDesc", "moduleCode", "requestId", "body"],
  "TencentError.MalformedResponse": [...common, "code", "requestId", "body", "issues"],
  "Own": [...common, "code", "codeDesc", "moduleCode", "requestId", "body"],
  "TransportFailure.TransportFailure": [...common, "reason", "host", "code", "retryCost"],
  "UnexpectedStatus.UnexpectedStatus": [...common, "status", "host", "contentType", "excerpt", "retryAfter"],
  "Failure.InvalidRequest": [...common, "issues"],
  "Credentials.CredentialsUnavailable": common,
  "Failure.Failure": [
    "_tag",
    "message",
    "kind",
    "category",
    "retryClass",
    "outcome",
    "code",
    "requestId",
    "action",
    "body"
  ],
  "TencentRetry.History": ["attempts", "elapsed", "tags", "stopped"]
}

const source = `
import { Failure, type TencentError, type TencentRetry, type TransportFailure, type UnexpectedStatus } from "effect-tencentcloud"
import type { TencentCredentials as Credentials } from "effect-tencentcloud/client"
class Own extends Failure.define<Own>()("Own", { kind: "busy" }) {}
${
  Object.entries(fields).map(([type, names], index) =>
    [`declare const value${index}: ${type}`, ...names.map((name) => `value${index}.${name}`)].join("\n")
  ).join("\n")
}
`

const readConfig = () => {
  const path = join(root, "test/types/tsconfig.json")
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { config: unknown }
  return ts.parseJsonConfigFileContent(config, ts.sys, dirname(path)).options
}

const service = ts.createLanguageService({
  getCompilationSettings: readConfig,
  getScriptFileNames: () => [file],
  getScriptVersion: () => "1",
  getScriptSnapshot: (path) => {
    if (path === file) return ts.ScriptSnapshot.fromString(source)
    return ts.sys.fileExists(path) ? ts.ScriptSnapshot.fromString(readFileSync(path, "utf8")) : undefined
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (path) => path === file || ts.sys.fileExists(path),
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories
})

/** The documentation of a field, as an editor shows it. */
const documentation = (index: number, name: string): string => {
  const at = source.indexOf(`value${index}.${name}\n`) + `value${index}.`.length
  const info = service.getQuickInfoAtPosition(file, at)
  return ts.displayPartsToString(info?.documentation)
}

describe("an editor shows documentation over each field of", () => {
  it("a program that compiles", () => {
    const messages = service.getSemanticDiagnostics(file).map(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "\n")
    )
    assert.deepStrictEqual(messages, [])
  })

  it.each(Object.keys(fields).map((type, index) => [type, index] as const))("%s", (type, index) => {
    const silent = fields[type]!.filter((name) => documentation(index, name) === "")
    assert.deepStrictEqual(silent, [])
  })
})
