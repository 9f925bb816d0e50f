/**
 * The tables of the page about API 3.0 are those of the catalogue.
 */
import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud/v3"
import { readFileSync } from "node:fs"

const page = readFileSync(new URL("../../docs/api-3.md", import.meta.url), "utf8")

/** The rows of the table under a heading, cell by cell, without the marks of code. */
const tableUnder = (heading: string): ReadonlyArray<ReadonlyArray<string>> => {
  const [, section = ""] = page.split(`\n## ${heading}\n`)
  const [, , ...rows] = section.split("\n## ")[0]!.split("\n").filter((line) => line.startsWith("|"))
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.replaceAll("`", "").trim()))
}

const listOf = (cell: string | undefined): ReadonlyArray<string> =>
  cell === undefined || cell === "" ? [] : cell.split(", ")

describe("the page about API 3.0", () => {
  it("has every common code beside its kind", () => {
    const printed = tableUnder("The common codes").flatMap(([kind, codes]) =>
      listOf(codes).map((code) => ({ code, kind }))
    )
    assert.deepStrictEqual<unknown>(printed.toSorted((a, b) => a.code < b.code ? -1 : 1), ErrorCode.catalogue)
  })

  it("has every counterpart of a code of API 2.0", () => {
    const printed = tableUnder("From API 2.0 to API 3.0").map(([v2, v3, fit]) => ({
      v2: Number(v2),
      v3: listOf(v3),
      fit
    }))
    assert.deepStrictEqual<unknown>(printed, ErrorCode.counterparts)
  })
})
