/**
 * The modules of the services package as they were built.
 */
import type { TencentAction } from "effect-tencentcloud/v3"
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describedOf } from "../../services/src/internal/action.ts"
import { parse, type Type } from "../../services/src/internal/compact.ts"

export const folder = fileURLToPath(new URL("../../services/dist/services", import.meta.url))

/** The modules by name, without `.js`. */
export const moduleNames: ReadonlyArray<string> = readdirSync(folder)
  .filter((file) => file.endsWith(".js"))
  .map((file) => file.slice(0, -".js".length))

/** The 25 services that are used most. */
export const mostUsed = [
  "asr",
  "cam",
  "cbs",
  "cdb",
  "cdn",
  "clb",
  "cls",
  "cvm",
  "cynosdb",
  "dnspod",
  "hunyuan",
  "mongodb",
  "monitor",
  "mps",
  "ocr",
  "redis",
  "scf",
  "ses",
  "sms",
  "ssl",
  "sts",
  "teo",
  "tke",
  "vod",
  "vpc"
] as const

export type AnyAction = TencentAction.Action<object, object, unknown>

/** The actions of a module. It exports nothing else. */
export const actionsOf = async (name: string): Promise<ReadonlyArray<AnyAction>> => {
  const module: Readonly<Record<string, AnyAction>> = await import(/* @vite-ignore */ `${folder}/${name}.js`)
  return Object.values(module)
}

/** The types that the request and the response of an action have at their tops. */
export const typesOf = (action: AnyAction): { readonly request: Type; readonly response: Type } => {
  const described = describedOf(action)
  if (described === undefined) throw new Error(`${action.name} has no description`)
  return described
}

/** A type, and those that it reaches. */
export const reachable = (type: Type): ReadonlySet<Type> => {
  const found = new Set([type])
  // A set can grow while it is walked.
  for (const next of found) for (const { item } of parse(next)) if ("type" in item) found.add(item.type)
  return found
}
