import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type DefaultTheme, defineConfig } from "vitepress"
import { sections } from "../contents.ts"
import { slugOf } from "../slug.ts"

const site = fileURLToPath(new URL("..", import.meta.url))
const dist = fileURLToPath(new URL("../../../dist/", import.meta.url))

/** The modules of the reference, by entry, as TypeDoc has written them. */
const reference = (): Array<DefaultTheme.SidebarItem> => {
  const modules = globSync("reference/**/[A-Z]*.md", { cwd: `${site}/.pages` }).map((file) =>
    file.replaceAll("\\", "/").replace(/^reference\/(.*)\.md$/, "$1")
  ).toSorted()
  return ["", "v2", "v3", "client", "redis", "testing"].map((folder) => ({
    text: folder === "" ? "effect-tencentcloud" : `effect-tencentcloud/${folder}`,
    items: modules.filter((path) => (path.includes("/") ? path.split("/")[0] : "") === folder).map((path) => ({
      text: path.split("/").at(-1) ?? path,
      link: `/reference/${path}`
    }))
  }))
}

const icon =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="14" fill="#3451b2"/></svg>`

const guides = sections().map(({ items, text }) => ({ text, items: items.map((item) => ({ ...item })) }))

export default defineConfig({
  title: "effect-tencentcloud",
  description: "Typed errors, safe retries and a signed client for the Tencent Cloud API, built on Effect",
  srcDir: ".pages",
  outDir: "dist",
  cleanUrls: true,
  // A page asks for nothing until its reader does.
  router: { prefetchLinks: false },
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  metaChunk: true,
  markdown: { anchor: { slugify: slugOf } },
  vite: {
    resolve: {
      alias: [
        // The core as it is shipped.
        { find: /^effect-tencentcloud$/, replacement: `${dist}index.js` },
        { find: /^effect-tencentcloud\/(.*)$/, replacement: `${dist}$1.js` }
      ]
    },
    build: { chunkSizeWarningLimit: 2000 }
  },
  locales: {
    root: { label: "English", lang: "en" },
    ko: {
      label: "한국어",
      lang: "ko",
      themeConfig: {
        nav: [
          { text: "오류", link: "/ko/errors" },
          { text: "API 3.0 코드", link: "/ko/codes-3" },
          { text: "응답 붙여 넣기", link: "/ko/playground" },
          { text: "가이드(영어)", link: "/handling-errors" }
        ],
        outline: { level: [2, 3], label: "이 페이지의 내용" },
        returnToTopLabel: "맨 위로",
        sidebarMenuLabel: "메뉴",
        darkModeSwitchLabel: "화면 모드",
        langMenuLabel: "언어"
      }
    },
    zh: {
      label: "中文",
      lang: "zh",
      themeConfig: {
        nav: [
          { text: "错误", link: "/zh/errors" },
          { text: "API 3.0 错误码", link: "/zh/codes-3" },
          { text: "粘贴响应", link: "/zh/playground" },
          { text: "指南（英文）", link: "/handling-errors" }
        ],
        outline: { level: [2, 3], label: "本页内容" },
        returnToTopLabel: "返回顶部",
        sidebarMenuLabel: "菜单",
        darkModeSwitchLabel: "外观",
        langMenuLabel: "语言"
      }
    }
  },
  themeConfig: {
    // Most pages have no twin in the other languages.
    i18nRouting: false,
    search: {
      provider: "local",
      options: {
        // The words around a program lead to it. Its own would be highlighted a second time, for nothing.
        _render: (source, env, markdown) => markdown.render(source.replace(/^```[^]*?^```$/gm, ""), env)
      }
    },
    outline: [2, 3],
    nav: [
      { text: "Guides", link: "/handling-errors" },
      { text: "Recipes", link: "/recipes/" },
      { text: "Errors", link: "/errors" },
      { text: "Playground", link: "/playground" },
      { text: "Reference", link: "/reference/" }
    ],
    sidebar: { "/reference/": reference(), "/ko/": [], "/zh/": [], "/": guides }
  }
})
