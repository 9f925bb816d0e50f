/**
 * Writes the source of the site to `.pages/` beside this file: the Markdown of the repository, with its links turned into those of
 * the site, and the generated pages. A guide stays readable where it is; the site has a copy.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import type { Page } from "../generate.ts"
import { list } from "./declared.ts"
import { errorPages } from "./errorPages.ts"
import { files, root, siteOf } from "./files.ts"

const link = /(`+)(?!`)[^]*?[^`]\1(?!`)|\[((?:`[^`]*`|[^\]`])*)\]\(([^)\s]+)\)/g

/**
 * The text of a file with links that fit the site. A link to a file that is no page becomes its text, because the site has no place
 * for it. A link to a file that does not exist throws.
 */
export const relink = (file: string, text: string, pages: ReadonlySet<string>): string =>
  text.split(/(^ *```[^]*?^ *```$)/m).map((part, index) =>
    index % 2 === 1 ? part : part.replaceAll(link, (whole, code: string | undefined, label: string, target: string) => {
      if (code !== undefined || /^(#|[a-z]+:)/.test(target)) return whole
      const [path = "", hash] = target.split("#")
      const linked = posix.join(posix.dirname(file), path)
      if (pages.has(linked)) return `[${label}](/${siteOf(linked)}${hash === undefined ? "" : `#${hash}`})`
      if (!existsSync(join(root, linked))) throw new Error(`${file} links to ${target}, which does not exist`)
      return label
    })
  ).join("")

/** The first page shows what the README says, below a heading of the site. */
const asHome = (text: string, path: string): string => {
  const [, title = "", tagline = "", rest = ""] = /^# (.*)\n\n([^]*?)\n\n([^]*)$/.exec(text) ?? []
  const here = path === "index.md" ? "" : `/${posix.dirname(path)}`
  const action = actions[here]
  if (action === undefined) throw new Error(`no words for the first page ${path}`)
  const plain = tagline.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("\n", " ")
  return `---
layout: home
hero:
  name: ${title}
  tagline: ${JSON.stringify(plain)}
  actions:
    - { theme: brand, text: ${JSON.stringify(action.start)}, link: "#${action.anchor}" }
    - { theme: alt, text: ${JSON.stringify(action.playground)}, link: ${here}/playground }
---

<div class="vp-doc readme">

${rest}
</div>
`
}

const actions: {
  readonly [prefix: string]: { readonly start: string; readonly anchor: string; readonly playground: string }
} = {
  "": { start: "Install", anchor: "install", playground: "Paste a response" },
  "/ko": { start: "설치", anchor: "설치", playground: "응답 붙여 넣기" },
  "/zh": { start: "安装", anchor: "安装", playground: "粘贴响应" }
}

const ofRepository = (): ReadonlyArray<Page> => {
  const names = files()
  const pages = new Set(names)
  return names.map((file) => {
    const path = siteOf(file)
    const text = relink(file, readFileSync(join(root, file), "utf8"), pages)
    return { file: path, text: /^((ko|zh)\/)?index\.md$/.test(path) ? asHome(text, path) : text }
  })
}

/** All pages except the API reference, which is TypeDoc's. */
export const pages = (): ReadonlyArray<Page> => [...ofRepository(), ...errorPages()]

/** Writes the pages, and the list of codes that two of them load, into an empty directory. */
export const write = (directory: string): void => {
  rmSync(directory, { recursive: true, force: true })
  for (const { file, text } of pages()) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), text)
  }
  writeFileSync(join(directory, "codes-3.txt"), list)
}
