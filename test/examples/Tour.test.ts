/**
 * The demo, run in this process: what it prints, that it keeps its promises, and that it leaves no server behind.
 */
import { NodeFileSystem, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Console, Effect, Exit, Layer, Stdio, Terminal } from "effect"
import { ErrorCode, ErrorKind, Failure } from "effect-tencentcloud"
import * as V3 from "effect-tencentcloud/v3"
import { TerminalCapabilities } from "effect/cli"
import { format } from "node:util"
import { widthOf } from "../../examples/terminal.ts"
import { allCodes } from "../../examples/tour/codes.ts"
import { documentedResponses } from "../../examples/tour/documented.ts"
import { check, checkAll, Promises } from "../../examples/tour/report.ts"
import { network, tour } from "../../examples/tour/tour.ts"
import { wrap } from "../../examples/tour/wrap.ts"
import { errorCodeText } from "../../src/internal/errorCodeText.ts"

// ---------------------------------------------------------------------------------------------------------------------
// A screen that remembers
// ---------------------------------------------------------------------------------------------------------------------

interface Screen {
  readonly width: number
  readonly colors?: boolean
}

/** Runs a part of the tour on a screen, and returns its exit and the lines that it printed. */
const shown = <A, E>(
  part: Effect.Effect<A, E, Layer.Success<typeof services> | Stdio.Stdio | Terminal.Terminal>,
  { colors = false, width }: Screen
) =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const screen = Layer.mergeAll(
      Layer.mock(Terminal.Terminal)({ "~effect/Terminal": "~effect/Terminal", columns: Effect.succeed(width) }),
      Stdio.layerTest({ stdoutIsTerminal: Effect.succeed(colors) }),
      Layer.succeed(TerminalCapabilities.TerminalCapabilities, {
        canColor: true,
        canAnimate: false,
        canPrompt: false
      }),
      Layer.succeed(Console.Console, {
        ...console,
        log: (...args: ReadonlyArray<unknown>) => {
          lines.push(...format(...args).split("\n"))
        }
      })
    )
    return Effect.exit(part).pipe(
      Effect.provide(services),
      Effect.provide(screen),
      Effect.map((exit) => ({ exit, lines, text: lines.join("\n") }))
    )
  })

const services = Layer.merge(NodeFileSystem.layer, NodePath.layer)

const tooWide = (lines: ReadonlyArray<string>, width: number) => lines.filter((line) => widthOf(line) > width)

const starting = (lines: ReadonlyArray<string>, mark: string) => lines.filter((line) => line.startsWith(mark))

/** The lines of the second part. */
const partTwo = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const start = lines.findIndex((line) => line.startsWith("2. "))
  const end = lines.findIndex((line) => line.startsWith("3. "))
  return lines.slice(start, end === -1 ? undefined : end)
}

interface Row {
  readonly code: string
  readonly tag: string
  readonly category: string
  readonly tries: string
  readonly how: string
  readonly remedy: string
}

/** The rows of a table, cut where its header says. No cell before the last one has wide characters. */
const rowsOf = (lines: ReadonlyArray<string>): ReadonlyArray<Row> => {
  const index = lines.findIndex((line) => line.startsWith("code  "))
  const header = lines[index] ?? ""
  const starts = ["code", "tag", "category", "tries", "how it came about", "remedy"].map((title) =>
    header.indexOf(title)
  )
  const rows: Array<Row> = []
  for (const line of lines.slice(index + 1)) {
    if (line === "") break
    const [code = "", tag = "", category = "", tries = "", how = "", remedy = ""] = starts.map((start, column) =>
      start === -1 ? "" : line.slice(start, starts[column + 1] === -1 ? undefined : starts[column + 1]).trimEnd()
    )
    const last = rows.at(-1)
    if (code !== "") rows.push({ code, tag, category, tries, how, remedy })
    else if (last !== undefined) rows[rows.length - 1] = { ...last, remedy: `${last.remedy} ${remedy}` }
  }
  return rows
}

// ---------------------------------------------------------------------------------------------------------------------
// Tests
// ---------------------------------------------------------------------------------------------------------------------

describe("the tour", () => {
  it.live("keeps its promises, shows all codes of both generations, and closes its gateway", () =>
    Effect.gen(function*() {
      const { exit, lines, text } = yield* shown(tour({ language: "en" }), { width: 140 })
      assert.isTrue(Exit.isSuccess(exit), text)
      assert.deepStrictEqual(starting(lines, "  ✗"), [])
      const kept = starting(lines, "  ✓").length
      assert.isAtLeast(kept, 10)
      assert.strictEqual(lines.at(-1), `All ${kept} promises were kept.`)
      assert.deepStrictEqual(["1. ", "2. ", "3. ", "4. ", "5. "].map((mark) => starting(lines, mark).length), [
        1,
        1,
        1,
        1,
        1
      ])
      assert.deepStrictEqual(tooWide(lines, 140), [])
      assert.notInclude(text, "\u001b")

      const rows = rowsOf(partTwo(lines))
      assert.deepStrictEqual(
        rows.map(({ category, code, remedy, tag }) => ({ category, code, remedy, tag })),
        ErrorCode.catalogue.map(({ code, kind, tag }) => ({
          category: ErrorKind.table[kind].category,
          code: String(code),
          // The clock of the tour is right, so a copy of the request may have run.
          remedy: Failure.explain({
            _tag: tag,
            kind,
            code,
            outcome: code === 4500 ? "unknown" : ErrorKind.table[kind].outcome
          }).remedy,
          tag
        }))
      )
      assert.isTrue(rows.every(({ how, tries }) => how !== "" && Number(tries) > 0))

      const part = lines.slice(lines.findIndex((line) => line.startsWith("4. ")))
      for (const { code, kind } of V3.ErrorCode.catalogue) {
        assert.isTrue(part.some((line) => line.split(/ {2,}/).slice(0, 2).join() === `${code},${kind}`), code)
      }

      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ""
      const gone = yield* Effect.exit(Effect.tryPromise(() => fetch(url)))
      assert.isTrue(Exit.isFailure(gone))
    }))

  for (const language of ["ko", "zh"] as const) {
    it.live(`has its remedies in ${language}, on a narrow screen too`, () =>
      Effect.gen(function*() {
        const tables = Effect.andThen(documentedResponses(language), allCodes(language)).pipe(
          Effect.andThen(Promises.use(({ settle }) => settle)),
          Effect.provide([network, Promises.layer])
        )
        const widths = [80, 140] as const
        for (const width of widths) {
          const { exit, lines, text } = yield* shown(tables, { width })
          assert.isTrue(Exit.isSuccess(exit), text)
          assert.deepStrictEqual(tooWide(lines, width), [])
          for (const row of ErrorCode.catalogue) {
            const line = partTwo(lines).findIndex((line) => line.startsWith(`${row.code}  ${row.tag} `))
            const { remedy } = errorCodeText[row.tag]![language]
            // The first characters of the remedy, in its column or in the line below.
            const place = partTwo(lines)[width === 80 ? line + 1 : line] ?? ""
            assert.include(place, remedy.slice(0, 8), String(row.code))
          }
        }
      }))
  }

  it.live("is coloured in a terminal, and in the same columns", () =>
    Effect.gen(function*() {
      const part = documentedResponses("en").pipe(Effect.provide(Promises.layer))
      const plain = yield* shown(part, { width: 120 })
      const coloured = yield* shown(part, { width: 120, colors: true })
      assert.notInclude(plain.text, "\u001b")
      assert.include(coloured.text, "\u001b[31m")
      // oxlint-disable-next-line no-control-regex -- the styles are what is looked for
      assert.strictEqual(coloured.text.replace(/\u001b\[\d+m/g, "").replace(/ +$/gm, ""), plain.text)
    }))

  it.live("goes on after a broken promise, and fails with it at the end", () =>
    Effect.gen(function*() {
      const part = Effect.gen(function*() {
        yield* check("one", true)
        yield* check("two", false)
        yield* checkAll("three", [])
        yield* checkAll("four", ["five", "six"])
        return yield* Promises.use(({ settle }) => settle)
      }).pipe(Effect.flip, Effect.provide(Promises.layer))
      const { exit, lines } = yield* shown(part, { width: 80 })
      assert.deepStrictEqual(lines, ["  ✓ one", "  ✗ two", "  ✓ three", "  ✗ five", "  ✗ six"])
      const messages = Exit.isSuccess(exit) ? exit.value.message.split("\n") : []
      assert.deepStrictEqual(messages, ["two", "five", "six"].map((promise) => `Not as promised: ${promise}`))
    }))
})

describe("wrap", () => {
  it("breaks between words", () => {
    assert.deepStrictEqual(wrap("one two three", 7), ["one two", "three"])
    assert.deepStrictEqual(wrap("one two three", 13), ["one two three"])
    assert.deepStrictEqual(wrap("틀린 매개변수", 8), ["틀린", "매개변수"])
    assert.deepStrictEqual(wrap("", 5), [""])
  })

  it("breaks between Han characters, and keeps punctuation with the one before", () => {
    assert.deepStrictEqual(wrap("查看参数，改正", 8), ["查看参", "数，改正"])
    assert.deepStrictEqual(wrap("用 Nonce 与时间", 8), ["用 Nonce", "与时间"])
  })

  it("loses nothing of a remedy, and fits", () => {
    for (const { en, ko, zh } of Object.values(errorCodeText)) {
      for (const { remedy } of [en, ko, zh]) {
        const lines = wrap(remedy, 40)
        assert.deepStrictEqual(tooWide(lines, 40), [])
        assert.strictEqual(lines.join("").replaceAll(" ", ""), remedy.replaceAll(" ", ""))
        assert.deepStrictEqual(lines.filter((line) => /^[，。；、：）,.;:)]/.test(line)), [])
      }
    }
  })
})
