import { assert, describe, it } from "@effect/vitest"
import { ErrorCode } from "effect-tencentcloud"
import { readFileSync } from "node:fs"
import { escapeCell, pages } from "../../docs/generate.ts"

const onDisk = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8")

const languages = { "errors.md": "en", "errors.ko.md": "ko", "errors.zh.md": "zh" } as const

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
      const [header] = text.split("\n")
      assert.include(header, "src/ErrorCode.ts")
      assert.include(header, "npm run generate")
      for (const other of Object.keys(languages)) {
        assert.strictEqual(text.includes(`](${other})`), other !== file, other)
      }
    })

    it("has one row for each of the 22 codes", () => {
      const language = languages[file as keyof typeof languages]
      const rows = tableRows(text)
      for (const row of ErrorCode.catalogue) {
        const found = rows.filter(([code]) => code === String(row.code))
        assert.strictEqual(found.length, 1, String(row.code))
        const cells = found[0] ?? []
        assert.strictEqual(cells.length, 8)
        assert.strictEqual(cells[1], `\`${row.tag}\``)
        assert.strictEqual(cells[2], `\`${row.category}\``)
        assert.strictEqual(cells[5], row.text[language].name)
        assert.strictEqual(cells[6], row.text[language].remedy)
        assert.include(cells[7], `](${row.docs})`)
      }
    })

    it("explains every retry class and lists each code once", () => {
      const rows = tableRows(text)
      const classes = new Set(ErrorCode.catalogue.map((row) => row.retryClass))
      const listed = [...classes].flatMap((retryClass) => {
        const found = rows.filter(([name]) => name === `\`${retryClass}\``)
        assert.strictEqual(found.length, 1, retryClass)
        return (found[0]?.[4] ?? "").split(", ").map(Number)
      })
      assert.sameMembers(listed, ErrorCode.catalogue.map((row) => row.code))
    })

    it("repeats mutating calls only where nothing can have run", () => {
      const retried = tableRows(text).filter(([code]) => /^\d{4}$/.test(code ?? ""))
      const no = new Set(retried.filter(([code]) => code === "4000").map((cells) => cells[4]))
      const differing = retried.filter((cells) => cells[3] !== cells[4]).map(([code]) => code)
      assert.deepStrictEqual(differing, ["5100", "6000"])
      const never = retried.filter((cells) => no.has(cells[4])).map(([code]) => Number(code))
      assert.deepStrictEqual(
        never,
        ErrorCode.catalogue.filter((row) => row.retryClass === "never").map((row) => row.code)
      )
    })
  })

  it("let no text break a table", () => {
    assert.strictEqual(escapeCell("a|b\\|c\nd"), "a\\|b\\\\\\|c d")
    assert.strictEqual(escapeCell("*a* _b_ `c` <d> [e]"), "\\*a\\* \\_b\\_ \\`c\\` \\<d\\> \\[e\\]")
    const row: ErrorCode.Row = {
      ...ErrorCode.InvalidParameter,
      text: { ...ErrorCode.InvalidParameter.text, en: { name: "a | b", remedy: "c | d" } }
    }
    const [english] = pages([row])
    const cells = tableRows(english?.text ?? "").find(([code]) => code === "4000")
    assert.strictEqual(cells?.length, 8)
    assert.strictEqual(cells?.[5], "a \\| b")
  })
})
