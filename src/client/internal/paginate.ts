/**
 * All pages of a list as one stream of its items: a call for each page, made when its items are asked for.
 *
 * What a server says of its pages is not believed where that would lose items: the size of a page is always sent, the next page
 * begins after what has come, and a total can be that of the page.
 */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import { isObject } from "effect/Predicate"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { noContext } from "../../internal/failure.ts"
import type { Issue } from "../../internal/issues.ts"
import { messageOf } from "../../internal/success.ts"
import { own } from "../../internal/values.ts"
import type { ClientError, PagedAction, Pages } from "../Protocol.ts"
import { invalidRequest } from "./call.ts"
import { labelOf } from "./state.ts"

/** Where the caller does not say the size of a page. The most usual default of the API. */
const usualSize = 20

/** What a request says of its pages. */
interface Asked {
  /** The size of a page, where the action has a member for it. */
  readonly size: number | undefined
  /** The size as it is sent: as the caller wrote it, if at all. */
  readonly limit: unknown
  /** The number of the first page, where pages have numbers. */
  readonly first: number
}

/** What is remembered between two pages, however many there are. */
interface Progress<Item> {
  readonly pages: number
  readonly items: number
  /** The items of the last page. */
  readonly last: ReadonlyArray<Item>
  /** The token of the next page. */
  readonly token: string | undefined
  /** An earlier token. See {@link nextByToken}. */
  readonly mark: string | undefined
}

const beginning: Progress<never> = { pages: 0, items: 0, last: [], token: undefined, mark: undefined }

/** A page as far as it is read, or why it cannot be. */
interface Page<Item> {
  /** `undefined` where the response has no list. */
  readonly items: ReadonlyArray<Item> | undefined
  readonly total: number | undefined
  readonly token: string | undefined
}

/** What comes after a page, `undefined` for nothing; or what is wrong with it. */
type Next<Item> = Result.Result<Progress<Item> | undefined, string>

// ---------------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------------

/** A whole number, also as text and as a bigint. */
const wholeNumber = (value: unknown): number | undefined => {
  const number = typeof value === "string" && /^\d{1,16}$/.test(value) || typeof value === "bigint"
    ? Number(value)
    : value
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

const written = ({ asText }: Pages<never, unknown, string>, number: number): number | string =>
  asText === true ? String(number) : number

const issue = (key: string, message: string): Result.Result<never, Issue> => Result.fail({ path: [key], message })

/** What the request of a caller says of its pages, or what is wrong with it. */
const askedOf = (pages: Pages<never, unknown, string>, request: unknown): Result.Result<Asked, Issue> => {
  const member = (key: string | undefined) => isObject(request) && key !== undefined ? own(request, key) : undefined
  const ours = pages.token ?? pages.offset
  if (ours !== undefined && member(ours) !== undefined) {
    return issue(ours, "paginate sets it for each page, from the first one on. Leave it out.")
  }
  const { limit, page } = pages
  const sent = member(limit) ?? written(pages, usualSize)
  const size = limit === undefined ? undefined : wholeNumber(sent)
  if (limit !== undefined && (size === undefined || size === 0)) {
    return issue(limit, "The size of a page is a whole number above 0.")
  }
  const first = page === undefined ? 0 : wholeNumber(member(page))
  if (page !== undefined && first === undefined) {
    return issue(page, "Say the number of the first page: some actions count from 0, others from 1.")
  }
  return Result.succeed({ size, limit: sent, first: first ?? 0 })
}

/** The members of the request for the page that is next. */
const membersFor = (
  pages: Pages<never, unknown, string>,
  asked: Asked,
  progress: Progress<unknown>
): { readonly [key: string]: unknown } => ({
  ...(pages.offset !== undefined && { [pages.offset]: written(pages, progress.items) }),
  ...(pages.page !== undefined && { [pages.page]: written(pages, asked.first + progress.pages) }),
  ...(pages.token !== undefined && progress.token !== undefined && { [pages.token]: progress.token }),
  ...(pages.limit !== undefined && { [pages.limit]: asked.limit })
})

// ---------------------------------------------------------------------------------------------------------------------
// Responses
// ---------------------------------------------------------------------------------------------------------------------

/** What a response says of its page. The functions of the action read what a server has sent, and can throw. */
const pageOf = <Response, Item>(
  pages: Pages<Response, Item, string>,
  response: Response
): Result.Result<Page<Item>, string> => {
  try {
    const items = pages.items(response) ?? undefined
    const total = pages.total?.(response)
    const token = pages.nextToken?.(response) ?? undefined
    if (items !== undefined && !Array.isArray(items)) return Result.fail("The items of the page are not a list.")
    if (token !== undefined && typeof token !== "string") {
      return Result.fail("The token of the next page is not a text.")
    }
    return Result.succeed({ items, total: total === undefined ? undefined : Number(total), token })
  } catch (defect) {
    return Result.fail(`The page could not be read: ${messageOf(defect)}`)
  }
}

/** Whether the items of two pages are the same. Values that are too deep to compare are taken for other ones. */
const isRepeated = (last: ReadonlyArray<unknown>, items: ReadonlyArray<unknown>): boolean => {
  try {
    return last.length === items.length && items.every((item, i) => Equal.equals(item, last[i]))
  } catch {
    return false
  }
}

const stuck = "The pages do not advance: the server has sent the same one again."

const isPowerOfTwo = (n: number): boolean => (n & (n - 1)) === 0

/**
 * The token decides, whatever the items are. Tokens that go round in a circle are found with one earlier token in memory, which
 * is replaced after 1, 2, 4, 8 pages and so on: a circle of any length comes back to one of them.
 */
const nextByToken = <Item>(progress: Progress<Item>, { token }: Page<Item>): Next<Item> => {
  if (token === undefined || token.trim() === "" || token === progress.token) return Result.succeed(undefined)
  if (token === progress.mark) return Result.fail(stuck)
  const pages = progress.pages + 1
  return Result.succeed({ ...progress, pages, token, mark: isPowerOfTwo(pages) ? token : progress.mark })
}

/** An empty page is the last one, and so is one that reaches the total. */
const nextByCount = <Item>(
  progress: Progress<Item>,
  { items, total }: Page<Item>,
  { size }: Asked
): Next<Item> => {
  if (items === undefined && total !== undefined && total > progress.items) {
    return Result.fail(`The page has no list, after ${progress.items} of ${total} items.`)
  }
  if (items === undefined || items.length === 0) return Result.succeed(undefined)
  if (isRepeated(progress.last, items)) return Result.fail(stuck)
  const received = progress.items + items.length
  // A total of less than the page itself is none; one that equals a full page can be that of the page.
  const isKnown = total !== undefined && total >= items.length && !(total === items.length && total === size)
  return Result.succeed(
    isKnown && received >= total
      ? undefined
      : { ...progress, pages: progress.pages + 1, items: received, last: items }
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// The stream
// ---------------------------------------------------------------------------------------------------------------------

/** The items of all pages. `call` sends the request of one. */
export const paginate = <Request, Response, Error, Item, Keys extends string, R>(
  action: PagedAction<Request, Response, Error, Item, Keys, R>,
  request: Omit<Request, Keys>,
  call: (request: Request) => Effect.Effect<Response, Error | ClientError, R>
): Stream.Stream<Item, Error | ClientError, R> => {
  const { pages, protocol } = action
  const begun = askedOf(pages, request)
  if (Result.isFailure(begun)) return Stream.fail(invalidRequest(action, [begun.failure]))
  const asked = begun.success
  const unreadable = (message: string) =>
    Effect.fail(protocol.unreadableSuccess(message, { ...noContext, action: labelOf(action) }))

  const read = (progress: Progress<Item>, response: Response) => {
    const page = pageOf(pages, response)
    if (Result.isFailure(page)) return unreadable(page.failure)
    const next = pages.token === undefined
      ? nextByCount(progress, page.success, asked)
      : nextByToken(progress, page.success)
    return Result.isFailure(next)
      ? unreadable(next.failure)
      : Effect.succeed([page.success.items ?? [], Option.fromUndefinedOr(next.success)] as const)
  }

  return Stream.paginate<Progress<Item>, Item, Error | ClientError, R>(beginning, (progress) => {
    // The action was declared with names of members of its request.
    const ofPage = { ...request, ...membersFor(pages, asked, progress) } as unknown as Request
    return Effect.flatMap(call(ofPage), (response) => read(progress, response))
  })
}
