/**
 * Which actions are read page by page, by one rule:
 *
 * - The action only reads.
 * - Its items are the only list at the top of the response; or, where there is none, the only list in its only object, if a total
 *   stands beside it.
 * - Its total is an integer beside the list, of one of the names below. Not `Count`, which may be that of the page.
 * - Its style is *token* where a text of the request and a text of the response pair up, else *offset*, else *page*.
 */
import type { Action, Member, Pages, Type } from "./description.ts"

const totals = ["TotalCount", "Total", "TotalNum", "TotalNumber", "TotalCnt", "TotalSize"]
const tokens = [
  "NextToken",
  "Context",
  "Cursor",
  "ScrollToken",
  "PaginationToken",
  "PageToken",
  "SearchAfter",
  "Marker"
]
const pageNumbers = ["PageNumber", "PageNo", "PageNum", "Page", "PageIndex", "CurrentPage"]
const pageSizes = ["PageSize", "Limit", "Size"]
const tokenLimits = ["Limit", "MaxResults", "PageSize", "Size"]

type Members = ReadonlyArray<Member>

const isInteger = ({ base, list }: Member): boolean => !list && (base === "int64" || base === "uint64")
const isText = ({ base, list }: Member): boolean => !list && base === "string"

/** The first of the names that a member has. */
const find = (members: Members, names: ReadonlyArray<string>, fits: (member: Member) => boolean): string | undefined =>
  names.find((name) => members.some((member) => member.name === name && fits(member)))

const totalIn = (members: Members): string | undefined => find(members, totals, isInteger)

const itemsIn = (response: Members, types: ReadonlyMap<string, Type>): Pick<Pages, "items" | "total"> | undefined => {
  const lists = response.filter(({ list }) => list)
  if (lists.length > 0) return lists.length === 1 ? { items: lists[0]!.name, total: totalIn(response) } : undefined
  const objects = response.filter(({ base }) => types.has(base))
  const [object] = objects
  if (object === undefined || objects.length > 1) return undefined
  const { members } = types.get(object.base)!
  const inner = members.filter(({ list }) => list)
  const total = totalIn(members)
  return inner.length === 1 && total !== undefined
    ? { items: `${object.name}.${inner[0]!.name}`, total: `${object.name}.${total}` }
    : undefined
}

type Style = Pick<Pages, "style" | "cursor" | "limit" | "next">

const tokenIn = (request: Members, response: Members): Style | undefined => {
  for (const cursor of tokens) {
    const next = find(request, [cursor], isText) && find(response, [cursor, `Next${cursor}`], isText)
    if (next !== undefined) return { style: "token", cursor, limit: find(request, tokenLimits, isInteger), next }
  }
  return undefined
}

const offsetIn = (request: Members): Style | undefined =>
  [isInteger, isText].some((fits) =>
      request.filter((m) => ["Offset", "Limit"].includes(m.name) && fits(m)).length === 2
    )
    ? { style: "offset", cursor: "Offset", limit: "Limit", next: undefined }
    : undefined

const pageIn = (request: Members): Style | undefined => {
  const cursor = find(request, pageNumbers, isInteger)
  const limit = find(request, pageSizes, isInteger)
  return cursor === undefined || limit === undefined ? undefined : { style: "page", cursor, limit, next: undefined }
}

/** How an action is read page by page, if the rule finds out. */
export const pagesOf = (
  { flags, request, response }: Omit<Action, "pages">,
  types: ReadonlyMap<string, Type>
): Pages | undefined => {
  if (!flags.includes("readOnly")) return undefined
  const items = itemsIn(response, types)
  const style = tokenIn(request, response) ?? offsetIn(request) ?? pageIn(request)
  return items === undefined || style === undefined ? undefined : { ...items, ...style }
}
