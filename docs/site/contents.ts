/**
 * The menus of the site. They follow from the files: a page has the title that its first heading says, the recipes have the order of
 * their table, and a guide that is new comes last until it is put in order here.
 */
import { readFileSync } from "node:fs"
import { posix } from "node:path"
import { files, root, siteOf } from "./files.ts"

export interface Entry {
  readonly text: string
  readonly link: string
}

export interface Section {
  readonly text: string
  readonly items: ReadonlyArray<Entry>
}

const recipes = "docs/recipes/README.md"

const guides = [
  "handling-errors",
  "decoding",
  "api-3",
  "services",
  "services-index",
  "retrying",
  "retry-contract",
  "client",
  "runtimes",
  "testing"
]
const errors = ["playground", "errors", "error-codes"]
const project = ["docs/benchmarks.md", "docs/decisions.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]

const inDocs = (names: ReadonlyArray<string>): ReadonlyArray<string> => names.map((name) => `docs/${name}.md`)

const entryOf = (file: string): Entry => {
  const [, text = file] = /^# (.*)$/m.exec(readFileSync(posix.join(root, file), "utf8")) ?? []
  return { text, link: `/${siteOf(file).replace(/((?<![^/])index)?\.md$/, "")}` }
}

/** The recipes in the order of their table. */
const recipesInOrder = (): ReadonlyArray<string> => {
  const links = readFileSync(posix.join(root, recipes), "utf8").matchAll(/\]\(([\w-]+\.md)\)/g)
  return [recipes, ...Array.from(links, ([, link = ""]) => posix.join("docs/recipes", link))]
}

/** All pages that are written by hand, except the first one and those in other languages. */
export const sections = (): ReadonlyArray<Section> => {
  const placed = new Set([...inDocs(guides), ...recipesInOrder(), ...inDocs(errors), ...project])
  const others = files().filter((file) => !placed.has(file) && !/(^README|\.(ko|zh))\.?.*md$/.test(file))
  const section = (text: string, names: ReadonlyArray<string>): Section => ({ text, items: names.map(entryOf) })
  return [
    section("Guides", [...inDocs(guides), ...others]),
    section("Recipes", recipesInOrder()),
    { text: "Errors", items: [...inDocs(errors).map(entryOf), { text: "Codes of API 3.0", link: "/codes-3" }] },
    section("The project", project)
  ]
}
