/**
 * The rest of the site in a browser: the index of codes, the search, and that its pages load without a complaint.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { openSite, type Site } from "./browser.ts"

let site: Site

beforeAll(async () => {
  site = await openSite()
})

afterAll(() => site?.close())

describe("the index of the codes of API 3.0", () => {
  it("has all of them, and finds one by its parts and by its kind", async () => {
    const { complaints, page, requests } = await site.visit("/codes-3")
    const status = page.locator(".codes [role=status]")
    await status.waitFor()
    requests.length = 0
    const all = Number.parseInt(await status.textContent() ?? "", 10)
    assert.isAtLeast(all, 11_868)

    await page.getByLabel("Search for").fill("balance invalidaccount")
    const rows = page.locator(".codes tbody tr")
    await rows.filter({ hasText: "InvalidAccount.InsufficientBalance" }).waitFor()
    assert.isBelow(await rows.count(), 20)

    await page.getByLabel("Search for").fill("")
    await page.getByLabel("Kind").selectOption("soldOut")
    const kinds = new Set(await page.locator(".codes tbody tr td:nth-child(2)").allInnerTexts())
    assert.deepStrictEqual([...kinds], ["soldOut"])
    assert.deepStrictEqual([complaints, requests], [[], []])
  })

  it("opens with the kind that a link asks for", async () => {
    const { page } = await site.visit("/zh/codes-3?kind=replay")
    await page.locator(".codes tbody tr").first().waitFor()
    assert.strictEqual(await page.getByLabel("种类").inputValue(), "replay")
  })
})

describe("the search", () => {
  it("finds a guide by its words", async () => {
    const { complaints, page } = await site.visit("/")
    await page.getByRole("button", { name: "Search" }).first().click()
    await page.locator(".VPLocalSearchBox input").fill("idempotent mutating policy")
    const first = page.locator(".VPLocalSearchBox .result").first()
    await first.waitFor()
    await page.keyboard.press("Enter")
    await page.waitForURL(/retr|client|reference/)
    assert.deepStrictEqual(complaints, [])
  })
})

describe("a page", () => {
  it.each([
    "/",
    "/ko/",
    "/zh/",
    "/handling-errors",
    "/recipes/",
    "/recipes/server",
    "/kinds/notFound",
    "/zh/codes/5100",
    "/reference/",
    "/reference/TencentRetry"
  ])("%s loads without a complaint, asks no other host, and fits a phone", async (path) => {
    const { complaints, page, requests } = await site.visit(path, {
      viewport: { width: 360, height: 740 },
      isMobile: true
    })
    const { origin } = new URL(page.url())
    assert.isNotEmpty(await page.locator("h1").first().textContent())
    assert.isAtMost(await page.evaluate(() => document.documentElement.scrollWidth), 360)
    assert.deepStrictEqual([complaints, requests.filter((url) => !url.startsWith(origin))], [[], []])
  })
})
