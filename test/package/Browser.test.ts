/**
 * A program with the client, built for a browser: without the modules of Node it says why it cannot sign.
 */
import { assert, describe, it } from "@effect/vitest"
import { build, type Plugin } from "esbuild"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const root = fileURLToPath(new URL("../..", import.meta.url))

const source = (file: string) => fileURLToPath(new URL(`../../src/${file}`, import.meta.url))

const program = `
  import { Effect, Layer, Redacted, Schema } from "effect"
  import { HttpClient, HttpClientResponse } from "effect/http"
  import { TencentClient, TencentCredentials } from ${JSON.stringify(source("client/index.ts"))}
  import { TencentAction, TencentResponse } from ${JSON.stringify(source("v2/index.ts"))}

  const Action = TencentAction.make("DescribeZones", { module: "cvm", request: Schema.Struct({}), response: Schema.Unknown })
  const http = HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ code: 0 }))))
  const live = TencentClient.layer({ region: "ap-guangzhou" }).pipe(
    Layer.provide(TencentCredentials.layer({ secretId: "AKIDexample", secretKey: Redacted.make("a-secret-key") })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, http))
  )
  export const signed = () => Effect.runPromise(
    Effect.flatMap(TencentClient.TencentClient, (client) => client.call(Action, {})).pipe(Effect.provide(live))
  )
  export const decoded = () => Effect.runPromise(TencentResponse.decode(Schema.Unknown)({ code: 0 }))
`

/** What bundlers for browsers make of the modules of Node. */
const isNode = /^node:/
const empty = { name: "empty", contents: "export default {}" }

const emptyForEsbuild: Plugin = {
  name: empty.name,
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: isNode }, ({ path }) => ({ path, namespace: empty.name }))
    onLoad({ filter: isNode, namespace: empty.name }, () => ({ contents: empty.contents }))
  }
}

const withEsbuild = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "browser",
    logLevel: "silent",
    plugins: [emptyForEsbuild],
    write: false
  })
  return outputFiles[0]!.text
}

const withRolldown = async (): Promise<string> => {
  const name = `${root}browser-entry.ts`
  const bundle = await rolldown({
    input: name,
    cwd: root,
    platform: "browser",
    logLevel: "silent",
    plugins: [{
      name: empty.name,
      resolveId: (id) => id === name || isNode.test(id) ? id : undefined,
      load: (id) => id === name ? program : isNode.test(id) ? empty.contents : undefined
    }]
  })
  const { output: [chunk] } = await bundle.generate({ format: "esm" })
  await bundle.close()
  return chunk.code
}

interface Program {
  readonly signed: () => Promise<unknown>
  readonly decoded: () => Promise<unknown>
}

const load = (code: string): Promise<Program> =>
  import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`)

describe.each([["esbuild", withEsbuild], ["Rolldown", withRolldown]] as const)(
  "built for a browser by %s",
  (_, make) => {
    it("decodes, and says why it cannot sign", async () => {
      const { decoded, signed } = await load(await make())
      assert.deepStrictEqual(await decoded(), { code: 0 })
      const error: unknown = await signed().then(() => undefined, (error: unknown) => error)
      assert.instanceOf(error, TypeError)
      assert.include(error.message, "signs with node:crypto")
      assert.notInclude(error.message, "createHmac")
    })
  }
)
