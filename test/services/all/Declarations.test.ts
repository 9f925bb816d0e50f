/**
 * The declarations of every service: they compile, they say what the readers do, and no names collide.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { load } from "../../../services/generate/files.ts"
import { declarations, javascript } from "../../../services/generate/module.ts"
import { type Member, parse, type Type } from "../../../services/src/internal/compact.ts"
import { actionsOf, folder, moduleNames, mostUsed, typesOf } from "../../support/services.ts"

// ---------------------------------------------------------------------------------------------------------------------
// What the declarations say
// ---------------------------------------------------------------------------------------------------------------------

interface Declared {
  readonly type: string
  readonly optional: boolean
}

type Interfaces = ReadonlyMap<string, ReadonlyMap<string, Declared>>

const textOf = (name: string): string => readFileSync(join(folder, `${name}.d.ts`), "utf8")

const interfacesIn = (text: string): Interfaces =>
  new Map(
    [...text.matchAll(/^export interface (\w+)(?: extends Extra)? \{(?:\}|\n(.*?)^\})/gms)].map(([, name, body]) => [
      name!,
      new Map(
        [...(body ?? "").matchAll(/^ {2}readonly (\w+)(\??): (.+)$/gm)].map(([, member, mark, type]) =>
          [member!, { type: type!.replace(/ \| undefined$/, ""), optional: mark === "?" }] as const
        )
      )
    ])
  )

const scalar = ({ id, item }: Member): string => {
  if (!("form" in item)) throw new Error("not a scalar")
  const forms = { text: "string", number: "number", boolean: "boolean", binary: "Uint8Array" }
  if (item.form === "int64" || item.form === "uint64") return id ? "number | bigint" : "number"
  return forms[item.form]
}

/** Where an interface and a compact text say different things. */
const differences = (
  name: string,
  type: Type,
  side: "request" | "response",
  interfaces: Interfaces,
  seen = new Set<string>()
): Array<string> => {
  if (seen.has(name)) return []
  seen.add(name)
  const declared = interfaces.get(name)
  if (declared === undefined) return [`there is no interface ${name}`]
  const members = parse(type)
  const names = members.map((member) => member.name).join()
  const found = names === [...declared.keys()].join() ? [] : [`${name} has other members`]
  for (const member of members) {
    const { optional, type: text } = declared.get(member.name)!
    const item = member.list ? /^ReadonlyArray<(.*)>$/.exec(text)?.[1] ?? "no list" : text
    if (optional === (side === "request" && member.required)) {
      found.push(`${name}.${member.name} is${optional ? "" : " not"} optional`)
    }
    if ("type" in member.item) found.push(...differences(item, member.item.type, side, interfaces, seen))
    else if (item !== scalar(member) && !(scalar(member) === "string" && item.endsWith("(string & {})"))) {
      found.push(`${name}.${member.name} is ${text}`)
    }
  }
  return found
}

describe.each(moduleNames)("the declarations of %s", (name) => {
  it("say what is read and written", async () => {
    const interfaces = interfacesIn(textOf(name))
    for (const action of await actionsOf(name)) {
      const { request, response } = typesOf(action)
      const withId = { ...response, text: [response.text, "RequestId"].filter((text) => text !== "").join(",") }
      const ofResponse = differences(`${action.name}Response`, withId, "response", interfaces)
      assert.deepStrictEqual(ofResponse, [`${action.name}Response.RequestId is not optional`])
      assert.deepStrictEqual(differences(`${action.name}Request`, request, "request", interfaces), [])
    }
  })

  it("are those of its description", () => {
    const description = load(name)
    assert.strictEqual(textOf(name), declarations(name, description))
    assert.strictEqual(readFileSync(join(folder, `${name}.js`), "utf8"), javascript(name, description))
  })

  it("have no two names that are alike but for case", () => {
    const names = [...textOf(name).matchAll(/^export (?:interface|type|declare const) (\w+)/gm)].map(([, name]) =>
      name!
    )
    const letters = new Set(names.map((name) => name.toLowerCase()))
    assert.isAbove(names.length, 0)
    assert.strictEqual(letters.size, names.length)
  })
})

describe("the modules", () => {
  it("have names that a file system without case tells apart", () => {
    assert.strictEqual(new Set(moduleNames.map((name) => name.toLowerCase())).size, moduleNames.length)
  })

  it.each([
    ["dnspod", "DomainInfo", ["CnameSpeedup", "CNAMESpeedup"]],
    ["redis", "InstanceClusterShard", ["Runid", "RunId"]],
    ["wedata", "TriggerTaskRunBrief", ["TimeZone", "Timezone"]]
  ])("keep members apart that differ in case only: %s %s", (module, name, pair) => {
    const members = interfacesIn(textOf(module)).get(name)
    assert.isTrue(pair.every((member) => members?.has(member)))
  })

  it.each([
    ["cvm", "Image", "ImageType"],
    ["ssl", "Error", "ErrorType"],
    ["scf", "Function", "FunctionType"],
    ["ckafka", "DescribeGroup", "DescribeGroupType"],
    ["sms", "PullSmsReplyStatus", "PullSmsReplyStatusType"]
  ])("give a type another name where its own has a meaning: %s %s", (module, name, other) => {
    const interfaces = interfacesIn(textOf(module))
    assert.isTrue(interfaces.has(other))
    assert.isFalse(interfaces.has(name))
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// Compiling
// ---------------------------------------------------------------------------------------------------------------------

const root = join(folder, "../../..")

/** What a compiler says of some declarations. */
const compile = (compiler: string, files: ReadonlyArray<string>): string => {
  const tsc = join(dirname(createRequire(import.meta.url).resolve(`${compiler}/package.json`)), "bin", "tsc")
  const project = join(root, "services", "dist", `tsconfig.${compiler}.json`)
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2024", "DOM"],
    module: "NodeNext",
    moduleDetection: "force",
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: []
  }
  writeFileSync(project, JSON.stringify({ compilerOptions, files: files.map((name) => join(folder, `${name}.d.ts`)) }))
  try {
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" })
    return status === 0 ? "" : stdout || "it was stopped"
  } finally {
    rmSync(project)
  }
}

describe("the declarations", () => {
  it("of all services compile with TypeScript 7", { timeout: 300_000 }, () => {
    assert.strictEqual(compile("typescript", moduleNames), "")
  })

  it.each(["typescript-5", "typescript-6"])(
    "of the services used most compile with %s",
    { timeout: 300_000 },
    (compiler) => {
      assert.strictEqual(compile(compiler, mostUsed), "")
    }
  )
})
