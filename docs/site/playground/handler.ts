/**
 * The program that handles a failure: by its code, by its meaning, and by whether the action may have run.
 */
import type { Failure } from "effect-tencentcloud/Failure"
import type { Item } from "./read.ts"

/** The remarks in the program, in the language of the reader. */
export interface Remarks {
  readonly byCode: string
  readonly byMeaning: string
  readonly look: string
}

const imports = (generation: "2.0" | "3.0"): ReadonlyArray<string> => [
  `import { Effect, Schema } from "effect"`,
  `import { Failure } from "effect-tencentcloud"`,
  `import { TencentClient } from "effect-tencentcloud/client"`,
  `import { TencentAction } from "effect-tencentcloud/v${generation.charAt(0)}"`
]

interface Declaration {
  /** The classes that the action needs. */
  readonly before: ReadonlyArray<string>
  /** The `errors` of the action. */
  readonly errors: string | undefined
  /** The tag that the code has then. */
  readonly tag: string
}

/** A code that no class is for gets one in API 2.0, and is declared by its meaning in API 3.0. */
const declare = ({ declared, generation }: Item, failure: Failure): Declaration => {
  const code = String(failure.code)
  if (generation === "3.0") {
    return declared === undefined
      ? { before: [], errors: undefined, tag: failure._tag }
      : { before: [], errors: `{ ${declared}: [${JSON.stringify(code)}] }`, tag: failure._tag }
  }
  if (failure._tag !== "UnknownErrorCode") return { before: [], errors: undefined, tag: failure._tag }
  return {
    before: [
      `class OwnCode extends Failure.define<OwnCode>()("OwnCode", { kind: ${JSON.stringify(failure.kind)} }) {}`,
      ""
    ],
    errors: `{ ${JSON.stringify(code)}: OwnCode }`,
    tag: "OwnCode"
  }
}

/** The program, or `undefined` for a success. */
export const handler = (item: Item, remarks: Remarks): string | undefined => {
  const { failure, generation } = item
  if (failure === undefined) return undefined
  const { before, errors, tag } = declare(item, failure)
  const caught = `(error) => Effect.succeed(error.message)`
  return [
    ...imports(generation ?? "2.0"),
    "",
    ...before,
    `const DescribeInstances = TencentAction.make("DescribeInstances", {`,
    ...(generation === "3.0" ? [`  service: "cvm",`, `  version: "2017-03-12",`] : [`  module: "cvm",`]),
    `  request: Schema.Struct({}),`,
    `  response: Schema.Struct({})${errors === undefined ? "" : ","}`,
    ...(errors === undefined ? [] : [`  errors: ${errors}`]),
    `})`,
    `const call = TencentClient.TencentClient.use((client) => client.call(DescribeInstances, {}))`,
    "",
    `// ${remarks.byCode}`,
    `export const byCode = call.pipe(`,
    `  Effect.catchTag(${JSON.stringify(tag)}, ${caught})`,
    `)`,
    "",
    `// ${remarks.byMeaning}`,
    `export const byMeaning = call.pipe(`,
    `  Failure.catchKind(${JSON.stringify(failure.kind)}, ${caught})`,
    `)`,
    ...(failure.outcome === "notRun" ? [] : [
      "",
      `// ${remarks.look}`,
      `export const afterALook = call.pipe(`,
      `  Failure.catchOutcomeUnknown(${caught})`,
      `)`
    ])
  ].join("\n")
}
