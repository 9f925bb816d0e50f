/**
 * The first label of the host that serves a module.
 */
import * as Result from "effect/Result"
import { isHostLabel } from "../../internal/hostLabel.ts"
import { shortRegions } from "../../internal/shortRegions.ts"

// Modules whose host has another name than the module (official PHP, Python and Java SDKs of API 2.0).
const hostNames: ReadonlyMap<string, string> = /*#__PURE__*/ new Map([["sec", "csec"]])

// Modules with one host per region, named with the short region codes of API 2.0.
const regional: ReadonlySet<string> = /*#__PURE__*/ new Set(["cmq-queue", "cmq-topic", "kms"])

/** The label, or why there is none. */
export const labelOf = (module: string, region: string | undefined): Result.Result<string, string> => {
  const name = hostNames.get(module) ?? module
  if (regional.has(name) && !region) {
    return Result.fail(`${name} has one host for each region: give a region.`)
  }
  const label = region && regional.has(name) ? `${name}-${shortRegions.get(region) ?? region}` : name
  return isHostLabel(label)
    ? Result.succeed(label)
    : Result.fail(
      `${JSON.stringify(label)} cannot be in a host name: a module and a region have letters, digits and hyphens, ` +
        "at most 63 together."
    )
}
