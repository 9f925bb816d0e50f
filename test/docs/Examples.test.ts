/**
 * Every example in the README, the guide and the doc comments compiles, runs, and prints what it says.
 */
import { assert, beforeAll, describe, it, vi } from "@effect/vitest"
import {
  capture,
  compare,
  type Diagnostics,
  type Example,
  extract,
  extractAll,
  fileOf,
  typeCheck,
  write
} from "../support/examples.ts"

const { examples, problems } = extractAll()
write(examples)

describe("the examples of the documentation", () => {
  let diagnostics: Diagnostics
  let runs = 0

  beforeAll(async () => {
    diagnostics = await typeCheck(examples)
  }, 120_000)

  it("are whole programs, or say that they are not", () => {
    assert.deepStrictEqual(problems, [])
  })

  it("compile against sources that compile", () => {
    assert.deepStrictEqual(diagnostics.elsewhere, [])
  })

  for (const [index, example] of examples.entries()) {
    it(`${example.place}`, async () => {
      assert.deepStrictEqual(diagnostics.of(example), [])
      if (!example.runs) return
      // each example gets its own copy of the library, so none sees what another left in it
      vi.resetModules()
      const printed = await capture(() => import(/* @vite-ignore */ fileOf(index)))
      assert.isUndefined(compare(example, printed))
      runs++
    })
  }

  it("are in the README too, and ran", () => {
    assert.include(examples.filter((example) => example.runs).map((example) => example.path), "README.md")
    assert.isAbove(runs, 0)
  })
})

const fence = (info: string, ...lines: ReadonlyArray<string>) => ["```" + info, ...lines, "```"].join("\n")

const program = (line: string): Example => {
  const { examples, problems } = extract("page.md", `# Title\n\n${fence("ts", `import "effect"`, line)}\n`)
  assert.deepStrictEqual(problems, [])
  return examples[0]!
}

describe("the extractor", () => {
  it("finds a fence in Markdown, in a list item too", () => {
    const text = `- item\n\n  ${fence("ts", `import "effect"`, "  f()").replaceAll("\n", "\n  ")}\n`
    const example = { place: "page.md:3", path: "page.md", line: 4, runs: true, code: `import "effect"\n  f()` }
    assert.deepStrictEqual(extract("page.md", text), { examples: [example], problems: [] })
  })

  it("finds a fence in a doc comment, and in no other comment", () => {
    const comment = [
      "/**",
      " * Text.",
      " *",
      ...fence("ts", `import "effect"`, "").split("\n").map((s) => ` * ${s}`.trimEnd())
    ]
    const source = ["const glob = \"src/**/*.ts\"", ...comment, " */", "", "/*", fence("ts", "f()"), "*/", ""].join(
      "\n"
    )
    const example = { place: "A.ts:5", path: "A.ts", line: 6, runs: true, code: `import "effect"\n` }
    assert.deepStrictEqual(extract("A.ts", source), { examples: [example], problems: [] })
  })

  it("skips other languages, fragments, and a fence inside a longer fence", () => {
    const text = [fence("sh", "npm i"), fence("ts fragment", "f()"), `\`${fence("md", fence("ts", "f()"))}\``].join(
      "\n\n"
    )
    assert.deepStrictEqual(extract("page.md", text), { examples: [], problems: [] })
  })

  it("reports a missing import, an unknown modifier and an open fence with their places", () => {
    const text = [fence("ts", "f()"), fence("ts norun", `import "effect"`), "```ts"].join("\n")
    assert.deepStrictEqual(extract("page.md", text), {
      examples: [],
      problems: [
        "page.md:1 imports nothing: write a whole program, or mark it \"ts fragment\"",
        "page.md:4 has the unknown modifier \"norun\"",
        "page.md:7 is not closed"
      ]
    })
    assert.lengthOf(extract("page.md", fence("ts no-run", "f()")).problems, 1)
    assert.isFalse(extract("page.md", fence("ts no-run", `import "effect"`)).examples[0]!.runs)
  })

  it("reports a wrong, a missing and a surplus line", () => {
    const one = program("console.log(1) // => 1")
    assert.isUndefined(compare(one, ["1"]))
    assert.strictEqual(compare(one, ["2"]), "page.md:5 expects \"1\", but \"2\" was printed")
    assert.strictEqual(compare(one, []), "page.md:5 expects \"1\", but nothing more was printed")
    assert.strictEqual(compare(one, ["1", "2"]), "page.md:3 prints more than it says: [\"2\"]")
    assert.isUndefined(compare(program("console.log(1)"), ["1"]))
    assert.isUndefined(compare(program("console.log({\n  a: 1\n})\n// => { a: 1 }"), ["{ a: 1 }"]))
  })

  it("captures what console.log prints while a program runs, and nothing else", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {})
    const first = await capture(async () => {
      console.log("%s is %o", "a", 1, [2])
      console.log("two\nlines")
      setTimeout(() => console.log("printed too late"), 1)
      process.env["LEFT_BEHIND"] = "yes"
    })
    const second = await capture(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      console.log(process.env["LEFT_BEHIND"])
    })
    assert.deepStrictEqual([first, second], [["a is 1 [ 2 ]", "two", "lines"], ["undefined"]])
    assert.deepStrictEqual(log.mock.calls, [["printed too late"]])
    log.mockRestore()
  })
})
