/**
 * The order of the pages in the menus of the site. A page that is not here can only be found by a link or the search, so a test
 * holds that each guide and recipe is.
 */

export interface Entry {
  readonly text: string
  readonly link: string
}

export interface Section {
  readonly text: string
  readonly items: ReadonlyArray<Entry>
}

export const guides: ReadonlyArray<Section> = [
  {
    text: "Guides",
    items: [
      { text: "Handling errors", link: "/handling-errors" },
      { text: "Decoding", link: "/decoding" },
      { text: "API 3.0", link: "/api-3" },
      { text: "Retrying", link: "/retrying" },
      { text: "Retry contract", link: "/retry-contract" },
      { text: "The client", link: "/client" },
      { text: "Runtimes", link: "/runtimes" },
      { text: "Testing", link: "/testing" }
    ]
  },
  {
    text: "Recipes",
    items: [
      { text: "All recipes", link: "/recipes/" },
      { text: "Wait for a state", link: "/recipes/wait-for-a-state" },
      { text: "Buy once and recover", link: "/recipes/buy-once" },
      { text: "A hand-written fetch", link: "/recipes/hand-written-fetch" },
      { text: "Errors of your own module", link: "/recipes/own-errors" },
      { text: "A server", link: "/recipes/server" },
      { text: "Two accounts", link: "/recipes/two-accounts" },
      { text: "Proxy and certificate authority", link: "/recipes/proxy" },
      { text: "Loggers and spans", link: "/recipes/logging" },
      { text: "Workers and queues", link: "/recipes/queue" },
      { text: "Unit and integration tests", link: "/recipes/tests" },
      { text: "Promises", link: "/recipes/promises" },
      { text: "From tencentcloud-sdk-nodejs", link: "/recipes/from-tencentcloud-sdk-nodejs" },
      { text: "From qcloudapi-sdk", link: "/recipes/from-qcloudapi-sdk" },
      { text: "From API 2.0 to API 3.0", link: "/recipes/from-2-to-3" }
    ]
  },
  {
    text: "Errors",
    items: [
      { text: "Playground", link: "/playground" },
      { text: "Codes and kinds", link: "/errors" },
      { text: "Codes of API 3.0", link: "/codes-3" },
      { text: "Error codes as data", link: "/error-codes" }
    ]
  },
  {
    text: "The project",
    items: [
      { text: "Benchmarks", link: "/benchmarks" },
      { text: "Decisions", link: "/decisions" },
      { text: "Contributing", link: "/contributing" },
      { text: "Changelog", link: "/changelog" }
    ]
  }
]
