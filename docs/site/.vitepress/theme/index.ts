import type { Theme } from "vitepress"
import DefaultTheme from "vitepress/theme"
import { defineAsyncComponent } from "vue"
import "./style.css"

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("Playground", defineAsyncComponent(() => import("./Playground.vue")))
    app.component("Codes", defineAsyncComponent(() => import("./Codes.vue")))
  }
} satisfies Theme
