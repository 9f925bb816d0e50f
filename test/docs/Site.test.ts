/**
 * The source of the site: what becomes a page, where its links lead, and what the menus show.
 */
import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { sections } from "../../docs/site/contents.ts"
import { files, siteOf } from "../../docs/site/files.ts"
import { brokenLinks } from "../../docs/site/links.ts"
import { slugOf } from "../../docs/site/slug.ts"
import { pages, relink } from "../../docs/site/stage.ts"

const all = new Set(files())

describe("a file of the repository on the site", () => {
  it.each([
    ["README.md", "index.md"],
    ["README.ko.md", "ko/index.md"],
    ["CONTRIBUTING.md", "contributing.md"],
    ["docs/api-3.md", "api-3.md"],
    ["docs/errors.zh.md", "zh/errors.md"],
    ["docs/recipes/proxy.md", "recipes/proxy.md"],
    ["docs/recipes/README.md", "recipes/index.md"]
  ])("%s is %s", (file, path) => {
    assert.strictEqual(siteOf(file), path)
  })

  it.each([
    ["a page", "docs/client.md", "[a](retrying.md)", "[a](/retrying.md)"],
    ["a heading of a page", "docs/client.md", "[a](retrying.md#test)", "[a](/retrying.md#test)"],
    ["a page in another folder", "README.md", "see [a](docs/client.md).", "see [a](/client.md)."],
    ["a page of another language", "docs/errors.ko.md", "[a](errors.zh.md)", "[a](/zh/errors.md)"],
    ["the same page", "docs/client.md", "[a](#credentials)", "[a](#credentials)"],
    ["another site", "README.md", "[a](https://effect.website)", "[a](https://effect.website)"],
    ["a source, which the site does not have", "docs/errors.md", "[`a`](../src/index.ts), b", "`a`, b"],
    ["nothing, inside code", "README.md", "`[a](b)` and `` `[a](b) ``", "`[a](b)` and `` `[a](b) ``"],
    ["nothing, inside a fence", "README.md", "a\n```md\n[a](b)\n```\nb", "a\n```md\n[a](b)\n```\nb"],
    ["a page, after an index of an array", "README.md", "[`a[0]`](docs/client.md)", "[`a[0]`](/client.md)"]
  ])("keeps a link to %s", (_name, file, text, expected) => {
    assert.strictEqual(relink(file, text, all), expected)
  })

  it("may not link to a file that does not exist", () => {
    assert.throws(() => relink("README.md", "[a](docs/nothing.md)", all), "README.md links to docs/nothing.md")
  })
})

describe("the pages of the site", () => {
  it("have paths that differ", () => {
    const paths = pages().map(({ file }) => file)
    assert.strictEqual(new Set(paths).size, paths.length)
  })

  it("are in a menu, once, if they are written by hand and in English", () => {
    const links = sections().flatMap(({ items }) => items.map(({ link }) => link))
    const written = files().map(siteOf).filter((path) => !/^(index|ko\/.*|zh\/.*)\.md$/.test(path))
    assert.sameMembers(links, [
      "/codes-3",
      ...written.map((path) => `/${path.replace(/(^|\/)index\.md$|\.md$/, "$1")}`)
    ])
    assert.include(links, "/services-index")
  })

  it("have the titles of their headings in the menus", () => {
    const items = sections().flatMap(({ items }) => items)
    assert.deepInclude(items, { text: "Wait for a state", link: "/recipes/wait-for-a-state" })
    assert.deepInclude(items, { text: "API 3.0: errors and responses", link: "/api-3" })
  })
})

describe("the fragment of a heading", () => {
  it.each([
    ["From API 2.0 to API 3.0", "from-api-20-to-api-30"],
    ["10. The client", "10-the-client"],
    ["`maxWait`, queued", "maxwait-queued"],
    ["다른 언어", "다른-언어"]
  ])("%s is #%s", (heading, slug) => {
    assert.strictEqual(slugOf(heading), slug)
  })
})

const check = (site: { readonly [file: string]: string }): ReadonlyArray<string> => {
  const directory = mkdtempSync(join(tmpdir(), "site-"))
  try {
    for (const [file, text] of Object.entries(site)) {
      mkdirSync(dirname(join(directory, file)), { recursive: true })
      writeFileSync(join(directory, file), text)
    }
    return brokenLinks(directory)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describe("the check of links", () => {
  it("has nothing against links that lead somewhere", () => {
    assert.deepStrictEqual(
      check({
        "index.html": `<a href="/a/b">b</a> <a href="/a/b#c&amp;d">c</a> <a href="https://example.com/x">x</a>`,
        "a/b.html": `<h1 id="c&amp;d">c</h1><a href="/">home</a><a class="x" href="./b?q=1">b</a><img src="../x.svg">`,
        "x.svg": "<svg/>"
      }),
      []
    )
  })

  it("names a missing page, a missing heading and a missing image with the page that asks for it", () => {
    assert.deepStrictEqual(
      check({
        "index.html": `<a href="/b">b</a><a href="#c">c</a><a href="/a#d">d</a><img src="/x.png">`,
        "a.html": ""
      }),
      ["/b", "#c", "/a#d", "/x.png"].map((link) => `index.html: ${link} leads nowhere`)
    )
  })

  it("does not pass an empty site", () => {
    assert.lengthOf(check({}), 1)
  })
})
