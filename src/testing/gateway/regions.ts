/**
 * Regions and their zones.
 */
import { shortRegions } from "../../internal/shortRegions.ts"

/** The long ids. */
export const regions: ReadonlySet<string> = /*#__PURE__*/ (() =>
  new Set([
    ...shortRegions.keys(),
    "ap-nanjing",
    "ap-tokyo",
    "ap-jakarta",
    "eu-frankfurt",
    "sa-saopaulo"
  ]))()

const zonesPerRegion = 3

/** `ap-guangzhou-1`, `ap-guangzhou-2`, ... */
export const zonesOf = (region: string): ReadonlyArray<string> =>
  Array.from({ length: zonesPerRegion }, (_, index) => `${region}-${index + 1}`)

export const regionOfZone = (zone: string): string => zone.slice(0, zone.lastIndexOf("-"))
