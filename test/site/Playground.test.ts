/**
 * The playground in a browser: what it shows, in three languages, by keyboard and on a phone; and that nothing leaves it.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import type { Page } from "playwright-core"
import { openSite, type Site, type Visit } from "./browser.ts"

let site: Site

beforeAll(async () => {
  site = await openSite()
})

afterAll(() => site?.close())

const fixtures = new URL("../fixtures/", import.meta.url)

interface Documented {
  readonly file: string
  readonly kind: "success" | "failure"
  readonly code?: string | number | null
  readonly errorCode?: string | null
}

const documented = (folder: string): ReadonlyArray<Documented & { readonly text: string }> => {
  const index = JSON.parse(readFileSync(new URL(`${folder}/index.json`, fixtures), "utf8")) as {
    readonly entries: ReadonlyArray<Documented>
  }
  const files = readdirSync(new URL(`${folder}/`, fixtures)).filter((file) => file !== "index.json")
  assert.lengthOf(files, index.entries.length)
  return index.entries.map((entry) => ({
    ...entry,
    text: readFileSync(new URL(`${folder}/${entry.file}`, fixtures), "utf8")
  }))
}

const input = (page: Page) => page.locator("#playground-input")
const title = (page: Page) => page.locator(".result h2")
const status = (page: Page) => page.locator(".status")

const open = async (path = "/playground", options?: Parameters<Site["visit"]>[1]): Promise<Visit> => {
  const visit = await site.visit(path, options)
  await input(visit.page).waitFor()
  visit.requests.length = 0
  return visit
}

/** What the console of the page complains about, and what the page asked of any server since the playground is there. */
const noise = ({ complaints, requests }: Visit): ReadonlyArray<string> => [...complaints, ...requests]

const drop = (page: Page, bytes: ReadonlyArray<number>) =>
  page.evaluate((bytes) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([new Uint8Array(bytes)], "body.json"))
    document.querySelector(".drop")?.dispatchEvent(
      new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true })
    )
  }, bytes)

/** Presses Tab until the element has the focus. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let i = 0; i < 120; i++) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return
    await page.keyboard.press("Tab")
  }
  assert.fail(`no Tab leads to ${selector}`)
}

describe("the documented bodies", () => {
  it("of API 2.0 are what their documentation says", async () => {
    const visit = await open()
    for (const { code, file, kind, text } of documented("responses")) {
      await input(visit.page).fill(text)
      const shown = await title(visit.page).textContent()
      if (kind === "success" && /^0+$/.test(String(code))) assert.strictEqual(shown, "Success", file)
      if (kind === "failure" && code !== null && code !== undefined) assert.include(shown, String(code), file)
    }
    assert.deepStrictEqual(noise(visit), [])
  })

  it("of API 3.0 are what their documentation says", async () => {
    const visit = await open()
    for (const { errorCode, file, kind, text } of documented("responses-v3")) {
      await input(visit.page).fill(text)
      const shown = await title(visit.page).textContent()
      if (kind === "failure" && typeof errorCode === "string") assert.include(shown, errorCode, file)
      else assert.include(["Success", "No response of the API"], shown, file)
    }
    assert.deepStrictEqual(noise(visit), [])
  })

  it("can be cut anywhere, and have other bytes in them", async () => {
    const visit = await open()
    for (const { text } of [...documented("responses").slice(0, 12), ...documented("responses-v3").slice(0, 12)]) {
      for (
        const changed of [text.slice(0, text.length / 2), text.replace("{", "[\u0000"), text.replace(/\d/g, "{\ufffd")]
      ) {
        await input(visit.page).fill(changed)
        assert.isNotEmpty(await title(visit.page).textContent())
      }
    }
    assert.deepStrictEqual(noise(visit), [])
  })
})

describe("a response", () => {
  it("is explained, and its error, its waits and its handler are shown", async () => {
    const visit = await open()
    const { page } = visit
    await input(page).fill(`{ "code": 5100, "message": "(100004)projectId is wrong" }`)
    assert.strictEqual(await status(page).textContent(), "1 response. ResourceOperationFailed (5100)")
    assert.include(await page.locator(".remedy").textContent(), "check the state")
    assert.include(await page.locator(".hover").textContent(), `readonly moduleCode: 100004`)
    const [reading, changing] = await page.locator(".plan").allTextContents()
    assert.include(reading, "Repeated up to 5 times, within 6.2 s.")
    assert.include(changing, "Not repeated: it may have run")
    assert.strictEqual(await page.locator(".plan svg circle").count(), 12)
    const program = await page.locator(".program").textContent()
    assert.include(program, `Effect.catchTag("ResourceOperationFailed"`)
    assert.include(program, "Failure.catchOutcomeUnknown(")
    assert.deepStrictEqual(noise(visit), [])
  })

  it("of API 3.0 has the meaning that an action declares for its code", async () => {
    const { page } = await open()
    await input(page).fill(
      `{"Response":{"Error":{"Code":"InvalidInstanceId.AlreadyBindEip","Message":"m"},"RequestId":"r-1"}}`
    )
    assert.strictEqual(await title(page).textContent(), "InvalidInstanceId.AlreadyBindEip")
    assert.include(
      await page.locator(".program").textContent(),
      `errors: { inUse: ["InvalidInstanceId.AlreadyBindEip"] }`
    )
  })

  it("is read as the generation that is chosen", async () => {
    const { page } = await open()
    await input(page).fill(`{"Response":{"Error":{"Code":"InternalError","Message":""}}}`)
    assert.strictEqual(await title(page).textContent(), "InternalError")
    await page.getByLabel("Read as").selectOption("2.0")
    assert.strictEqual(await title(page).textContent(), "InternalError (6000)")
  })

  it("shows markup of a message as text", async () => {
    const visit = await open()
    await input(visit.page).fill(JSON.stringify({ code: 4000, message: "<img src=x onerror=alert(1)><b>bold</b>" }))
    assert.strictEqual(
      await visit.page.locator(".message").innerHTML(),
      "&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;bold&lt;/b&gt;"
    )
    assert.deepStrictEqual(noise(visit), [])
  })
})

describe("several responses", () => {
  it("are taken apart, and each can be chosen", async () => {
    const visit = await open()
    const { page } = visit
    await input(page).fill(`{"code":0}\n{"code":4400}\nnot a body`)
    assert.deepStrictEqual(await page.locator(".items button").allInnerTexts(), [
      "1 Success",
      "2 QuotaExceeded (4400)",
      "3 No response of the API"
    ])
    await page.locator(".items button").nth(1).click()
    assert.strictEqual(await title(page).textContent(), "QuotaExceeded (4400)")
    assert.strictEqual(await page.locator(".items button").nth(1).getAttribute("aria-pressed"), "true")
    assert.deepStrictEqual(noise(visit), [])
  })

  it("are the parts of a batch", async () => {
    const { page } = await open()
    await page.getByRole("button", { name: "batch" }).click()
    assert.deepStrictEqual(await page.locator(".items button").allInnerTexts(), [
      "1 PartialSuccess (5400)",
      "disk-2 ResourceNotFound (5000)",
      "disk-1 Success"
    ])
  })
})

describe("a file", () => {
  it("can be dropped", async () => {
    const visit = await open()
    await drop(visit.page, [...new TextEncoder().encode(`{"code":6200,"message":""}`)])
    await visit.page.getByRole("heading", { name: "ApiUnavailable (6200)" }).waitFor()
    assert.deepStrictEqual(noise(visit), [])
  })

  it("can be opened", async () => {
    const visit = await open()
    const buffer = Buffer.from(`{"code":5300,"message":""}`)
    await visit.page.getByLabel("Open a file").setInputFiles({ name: "a.json", mimeType: "application/json", buffer })
    await visit.page.getByRole("heading", { name: "InsufficientBalance (5300)" }).waitFor()
    assert.deepStrictEqual(noise(visit), [])
  })

  it("can have any bytes", async () => {
    const visit = await open()
    for (let seed = 1; seed <= 20; seed++) {
      await drop(
        visit.page,
        Array.from({ length: 300 }, (_, index) => (seed * 31 + index * index * 7 + (index >> 2)) % 256)
      )
      await visit.page.waitForFunction(() =>
        document.querySelector(".result h2")?.textContent === "No response of the API"
      )
      await visit.page.getByRole("button", { name: "Clear" }).click()
    }
    assert.deepStrictEqual(noise(visit), [])
  })

  it("can be larger than what is read", async () => {
    const visit = await open()
    const buffer = Buffer.alloc(3_000_000, `{"code":4400,"message":"too many"}\n`)
    await visit.page.getByLabel("Open a file").setInputFiles({ name: "a.log", mimeType: "text/plain", buffer })
    await visit.page.waitForFunction(() =>
      document.querySelector(".status")?.textContent?.includes("Only its beginning")
    )
    assert.strictEqual(await visit.page.locator(".items button").count(), 100)
    assert.deepStrictEqual(noise(visit), [])
  })
})

describe("the languages", () => {
  it.each(
    [
      ["/playground", "en", "Request quota exceeded", "Is it repeated?"],
      ["/ko/playground", "ko", "요청 한도 초과", "다시 보내는가?"],
      ["/zh/playground", "zh", "请求次数超限", "会重试吗？"]
    ] as const
  )("%s says it in %s", async (path, language, name, question) => {
    const visit = await open(path)
    await input(visit.page).fill(`{"code":4400,"message":""}`)
    assert.strictEqual(await visit.page.locator("section.playground").getAttribute("lang"), language)
    assert.include(await visit.page.locator(".result").textContent(), name)
    await visit.page.getByRole("heading", { name: question }).waitFor()
    assert.deepStrictEqual(noise(visit), [])
  })

  it("can be changed on the page", async () => {
    const { page } = await open()
    await input(page).fill(`{"code":5300,"message":""}`)
    await page.locator(".playground").getByLabel("Language").selectOption("zh")
    assert.include(await page.locator(".remedy").textContent(), "为账户充值")
    await page.locator(".playground").getByLabel("语言").selectOption("ko")
    assert.include(await page.locator(".remedy").textContent(), "계정을 충전")
  })
})

describe("the keyboard alone", () => {
  it("types a response, chooses a part, and copies the code", async () => {
    const visit = await open("/playground", { permissions: ["clipboard-read", "clipboard-write"] })
    const { page } = visit
    await tabTo(page, "#playground-input")
    await page.keyboard.type(`{"code":5400,"message":"","detail":{"a":{"code":5000}}}`)
    await tabTo(page, ".items li:nth-child(2) button")
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)
    assert.strictEqual(outline, "solid")
    await page.keyboard.press("Enter")
    assert.strictEqual(await title(page).textContent(), "ResourceNotFound (5000)")
    await tabTo(page, ".copy")
    await page.keyboard.press("Space")
    await page.getByText("Copied.").waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    assert.strictEqual(copied, await page.locator(".program").textContent())
    assert.deepStrictEqual(noise(visit), [])
  })

  it("finds a name on every field and button", async () => {
    const { page } = await open()
    await page.getByRole("button", { name: "log" }).click()
    const nameless = await page.locator(".playground").locator("button, select, textarea, input").evaluateAll((
      elements
    ) =>
      elements.filter((element) => {
        const { labels } = element as HTMLInputElement
        return (labels?.length ?? 0) === 0 && (element.textContent ?? "").trim() === ""
      }).map((element) => element.outerHTML)
    )
    assert.deepStrictEqual(nameless, [])
  })
})

describe("a phone", () => {
  const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } as const

  it("shows everything within its width, in buttons that a finger hits", async () => {
    const visit = await open("/playground", phone)
    const { page } = visit
    for (const name of ["4400", "batch", "log", "API 3.0", "HTML"]) {
      await page.getByRole("button", { name, exact: true }).tap()
      assert.isNotEmpty(await title(page).textContent())
      assert.strictEqual(await page.evaluate(() => document.documentElement.scrollWidth), 360)
    }
    const heights = await page.locator(".playground button").evaluateAll((buttons) =>
      buttons.map((button) => button.getBoundingClientRect().height)
    )
    assert.isTrue(heights.every((height) => height >= 36), String(heights))
    assert.deepStrictEqual(noise(visit), [])
  })
})

describe("a page that was left", () => {
  it("keeps nothing", async () => {
    const { page } = await open()
    await input(page).fill(`{"code":4400,"message":"a secret"}`)
    const stored = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])
    )
    assert.notInclude(stored, "secret")
    await page.reload()
    await input(page).waitFor()
    assert.strictEqual(await input(page).inputValue(), "")
  })
})
