import { assert, describe, it } from "@effect/vitest"
import { read } from "../../../services/generate/description.ts"
import { pagesOf } from "../../../services/generate/pages.ts"

/** The pages that the rule finds for an action of these members. */
const found = (request: string, response: string, flags = " readOnly") => {
  const types = "type Thing: Name string\ntype Page: Items Thing[], Total int64\ntype Bare: Items Thing[]"
  const { actions: [action], types: all } = read(
    `service demo 2020-01-01\n\naction DescribeThings${flags}\n  request ${request}\n  response ${response}\n\n${types}`,
    "demo.api"
  )
  return pagesOf(action!, new Map(all.map((type) => [type.name, type])))
}

const offset = { style: "offset", cursor: "Offset", limit: "Limit", next: undefined }
const page = { style: "page", cursor: "PageNumber", limit: "PageSize", next: undefined }

describe("the rule for pages", () => {
  it.each([
    ["Offset int64, Limit int64", "TotalCount int64, Things Thing[]", {
      items: "Things",
      total: "TotalCount",
      ...offset
    }],
    ["Offset string, Limit string", "Total uint64, Things Thing[]", { items: "Things", total: "Total", ...offset }],
    ["Offset int64, Limit int64", "Things Thing[], Count int64", { items: "Things", total: undefined, ...offset }],
    ["Offset int64, Limit int64", "Data Page", { items: "Data.Items", total: "Data.Total", ...offset }],
    ["PageNumber int64, PageSize int64", "Things Thing[]", { items: "Things", total: undefined, ...page }],
    ["NextToken string, MaxResults int64, Offset int64, Limit int64", "NextToken string, Things Thing[]", {
      items: "Things",
      total: undefined,
      style: "token",
      cursor: "NextToken",
      limit: "Limit",
      next: "NextToken"
    }],
    ["Cursor string", "NextCursor string, Things Thing[]", {
      items: "Things",
      total: undefined,
      style: "token",
      cursor: "Cursor",
      limit: undefined,
      next: "NextCursor"
    }]
  ])("finds those of %s -> %s", (request, response, pages) => {
    assert.deepStrictEqual(found(request, response), pages as never)
  })

  it.each([
    ["two lists", "Offset int64, Limit int64", "Things Thing[], Others Thing[]"],
    ["no list", "Offset int64, Limit int64", "Name string"],
    ["a list one level down without a total", "Offset int64, Limit int64", "Data Bare"],
    ["an offset without a limit", "Offset int64", "Things Thing[]"],
    ["a token that does not come back", "NextToken string", "Things Thing[]"],
    ["a page number without a size", "PageNumber int64", "Things Thing[]"]
  ])("finds none for %s", (_, request, response) => {
    assert.isUndefined(found(request, response))
  })

  it("finds none for an action that changes something", () => {
    assert.isUndefined(found("Offset int64, Limit int64", "Things Thing[]", ""))
  })
})
