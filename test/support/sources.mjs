/**
 * For `node --import`: the package is its sources, so that a program of `examples` can run before anything is built.
 */
import { registerHooks } from "node:module"

const source = (path) => new URL(`../../src/${path}`, import.meta.url).href

registerHooks({
  resolve: (specifier, context, next) => {
    const [, path] = /^effect-tencentcloud(?:\/(.+))?$/.exec(specifier) ?? []
    if (!specifier.startsWith("effect-tencentcloud")) return next(specifier, context)
    if (path === undefined) return next(source("index.ts"), context)
    return next(source(/(?:^|\/)[A-Z]\w*$/.test(path) ? `${path}.ts` : `${path}/index.ts`), context)
  }
})
