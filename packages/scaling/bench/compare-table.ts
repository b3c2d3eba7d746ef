/** Prints how often comparisons are right. Run: `pnpm bench:compare` (minutes); `pnpm bench:compare 50 surface` for fewer pairs, of one method. */
import { comparePairs, methods, worlds } from "./compare.js";

const [, , count = "200", only] = process.argv;
const pairs = Number(count);
const asked = (Object.keys(methods) as (keyof typeof methods)[]).filter((name) => only === undefined || name === only);
const percent = (share: number) => (Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`);
console.log(
  "| truth | study | by | crossing stated | it is covered | ratio covered at least, middle, largest, ten times | ln ratio ± | slope covered | unequal at 5 % | refused |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const world of worlds) {
  for (const [budgets, sizes] of [
    [4, 5],
    [6, 7],
  ] as const) {
    for (const method of asked) {
      const result = comparePairs({ world, method, budgets, sizes, noise: 0.003, pairs, seed: 7, draws: 500 });
      const cells = [
        world.name,
        `${budgets}×${sizes}`,
        method,
        percent(result.crossings),
        percent(result.crossingCovered),
        result.covered.map(percent).join(", "),
        result.halfWidth.toFixed(3),
        percent(result.slopeCovered),
        percent(result.unequal),
        String(result.refused),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
}
