/** Prints the table of the README about N_opt. Run: `pnpm bench:optima` (minutes). */
import { type Held, optimaCoverage, truths } from "./optima.js";

const studies = Number(process.argv[2] ?? 150);
const ways = [
  ["parabola, as fitted", "parabola", "fitted"],
  ["parabola, corrected", "parabola", "corrected"],
  ["slice, as fitted", "slice", "fitted"],
] as const;
const cell = ({ covered, halfWidth }: Held) => `${(100 * covered).toFixed(1)} % (±${halfWidth.toPrecision(2)})`;
console.log(
  "| truth | budgets × sizes | noise | laws | ln N_opt, middle | ln N_opt, 10 × | exponent | new run, 10 × |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
for (const [name, truth] of Object.entries(truths)) {
  for (const [budgets, sizes] of [
    [4, 5],
    [6, 7],
  ] as const) {
    for (const noise of [0.001, 0.003]) {
      for (const [words, optimum, laws] of ways) {
        const found = optimaCoverage({ truth, budgets, sizes, noise, optimum, laws, studies, seed: 7 });
        const { middle, far, exponent, loss, refused } = found;
        const cells = [middle, far, exponent, loss].map(cell).join(" | ");
        const left = refused > 0 ? ` (${refused} refused)` : "";
        console.log(`| ${name} | ${budgets} × ${sizes} | ${100 * noise} % | ${words}${left} | ${cells} |`);
      }
    }
  }
}
