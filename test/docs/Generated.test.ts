import { assert, describe, it } from "@effect/vitest"
import { ErrorCode, ErrorKind } from "effect-tencentcloud"
import { existsSync, readFileSync } from "node:fs"
import { escapeCell, pages } from "../../docs/generate.ts"
import * as ErrorKindText from "../../src/ErrorKindText.ts"
import { errorCodeText } from "../../src/internal/errorCodeText.ts"

const location = (file: string): URL => new URL(`../../docs/${file}`, import.meta.url)

const onDisk = (file: string): string => readFileSync(location(file), "utf8")

const languages = { "errors.md": "en", "errors.ko.md": "ko", "errors.zh.md": "zh" } as const

const kinds = Object.keys(ErrorKind.table) as ReadonlyArray<ErrorKind.ErrorKind>

const literal = (text: string): string => `\`${text}\``

/** The cells of every table row of a page, split where GitHub splits them: at pipes without a backslash. */
const tableRows = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()))

describe("the generated error pages", () => {
  it("are the three files", () => {
    assert.deepStrictEqual(pages().map((page) => page.file), Object.keys(languages))
  })

  it("come out the same every time", () => {
    assert.deepStrictEqual(pages(), pages())
  })

  describe.each(pages())("$file", ({ file, text }) => {
    it("is fresh on disk", () => {
      assert.strictEqual(onDisk(file), text, "run `npm run generate`")
    })

    it("says where it comes from and links to the other languages", () => {
      const [header = ""] = text.split("\n")
      assert.include(header, "npm run generate")
      for (const source of ["ErrorKind", "ErrorKindText", "v2/ErrorCode", "internal/errorCodeText"]) {
        assert.include(header, `](../src/${source}.ts)`)
        assert.isTrue(existsSync(location(`../src/${source}.ts`)), source)
      }
      for (const other of Object.keys(languages)) {
        assert.strictEqual(text.includes(`](${other})`), other !== file, other)
      }
    })

    it("has as many cells in each row of a table as in its header", () => {
      for (const block of text.split("\n\n").filter((block) => block.startsWith("|"))) {
        const [header, ...rows] = tableRows(block)
        assert.isAbove(rows.length, 1)
        assert.deepStrictEqual(rows.map((cells) => cells.length), rows.map(() => header?.length))
      }
    })

    const language = languages[file as keyof typeof languages]

    it.each(ErrorCode.catalogue)("has one row for $code", ({ code, kind, tag }) => {
      const found = tableRows(text).filter(([first]) => first === String(code))
      assert.strictEqual(found.length, 1)
      const cells = found[0] ?? []
      const words = errorCodeText[tag]
      assert.deepStrictEqual(cells.slice(1, 4), [tag, kind, ErrorKind.table[kind].category].map(literal))
      assert.deepStrictEqual(cells.slice(6, 8), [words?.[language].name, words?.[language].remedy])
      assert.include(cells[8], `](${words?.docs})`)
    })

    it.each(kinds)("has one row for the kind %s", (kind) => {
      const found = tableRows(text).filter((cells) => cells.length === 7 && cells[0] === literal(kind))
      const { category, outcome, retryClass } = ErrorKind.table[kind]
      const { name, remedy } = ErrorKindText.table[kind][language]
      const codes = ErrorCode.catalogue.filter((row) => row.kind === kind).map(({ code }) => code).join(", ")
      assert.deepStrictEqual(found, [
        [literal(kind), literal(category), literal(retryClass), literal(outcome), codes, name, remedy]
      ])
    })

    it("explains every outcome", () => {
      const explained = tableRows(text).filter((cells) => cells.length === 2).slice(2)
      assert.deepStrictEqual(explained.map(([outcome]) => outcome), ErrorKind.outcomes.map(literal))
      assert.strictEqual(new Set(explained.map(([, meaning]) => meaning)).size, 4)
    })

    it("explains every retry class and lists each code once", () => {
      const rows = tableRows(text).filter((cells) => cells.length === 5)
      const classes = new Set(kinds.map((kind) => ErrorKind.table[kind].retryClass))
      const listed = [...classes].flatMap((retryClass) => {
        const found = rows.filter(([name]) => name === literal(retryClass))
        assert.strictEqual(found.length, 1, retryClass)
        return (found[0]?.[4] ?? "").split(", ").map(Number)
      })
      assert.sameMembers(listed, ErrorCode.catalogue.map((row) => row.code))
    })

    it("repeats mutating calls only where nothing can have run", () => {
      const retried = tableRows(text).filter(([code]) => /^\d{4}$/.test(code ?? ""))
      const no = retried.find(([code]) => code === "4000")?.[5]
      const differing = retried.filter((cells) => cells[4] !== cells[5]).map(([code]) => code)
      assert.deepStrictEqual(differing, ["5100", "6000"])
      const never = retried.filter((cells) => cells[5] === no).map(([code]) => Number(code))
      assert.deepStrictEqual(
        never,
        ErrorCode.catalogue.filter(({ kind }) => ErrorKind.table[kind].retryClass === "never").map((row) => row.code)
      )
    })
  })

  it("let no text break a table", () => {
    assert.strictEqual(escapeCell("a|b\\|c\nd"), "a\\|b\\\\\\|c d")
    assert.strictEqual(escapeCell("*a* _b_ `c` <d> [e]"), "\\*a\\* \\_b\\_ \\`c\\` \\<d\\> \\[e\\]")
  })
})

describe("the page on error codes", () => {
  const rows = tableRows(onDisk("error-codes.md")).slice(2)

  it("has a row for each category", () => {
    assert.sameMembers(
      rows.map(([category]) => category),
      [...new Set(kinds.map((kind) => literal(ErrorKind.table[kind].category)))]
    )
  })

  it.each(rows)("lists the kinds and the codes of %s", (category, _about, listed, codes) => {
    const inCategory = (kind: ErrorKind.ErrorKind) => literal(ErrorKind.table[kind].category) === category
    assert.sameMembers((listed ?? "").split(", "), kinds.filter(inCategory).map(literal))
    assert.strictEqual(
      codes,
      ErrorCode.catalogue.filter(({ kind }) => inCategory(kind)).map(({ code }) => code).join(", ")
    )
  })
})
