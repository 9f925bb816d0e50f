/**
 * The short codes of regions, by their long ids. The documents of API 2.0 print the short codes; a later revision of the same
 * pages prints the long ids.
 */
export const shortRegions: ReadonlyMap<string, string> = /*#__PURE__*/ new Map([
  ["ap-guangzhou", "gz"],
  ["ap-shanghai", "sh"],
  ["ap-beijing", "bj"],
  ["ap-hongkong", "hk"],
  ["na-toronto", "ca"],
  ["ap-singapore", "sg"],
  ["ap-chengdu", "cd"],
  ["ap-shanghai-fsi", "shjr"],
  ["ap-shenzhen-fsi", "szjr"],
  ["ap-guangzhou-open", "gzopen"],
  ["na-siliconvalley", "usw"],
  ["na-ashburn", "use"],
  ["ap-mumbai", "in"],
  ["ap-bangkok", "th"],
  ["ap-seoul", "kr"],
  ["eu-moscow", "ru"],
  ["ap-chongqing", "cq"]
])
