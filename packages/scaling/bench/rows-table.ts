/** Prints the numbers of the README about rows in question. Run: `pnpm bench:rows` (a minute or two). */
import { divergedRuns, independence, random } from "../src/index.js";
import { curves, kinds, study } from "./studies.js";

const STUDIES = 3000;
const noises = [0, 0.004, 0.015, 0.05, 0.1, 0.2];

/** Sound studies that lose a run, and runs of twice their loss that are found, of a hundred. */
const cell = (kind: (typeof kinds)[number], noise: number): string => {
  let [lost, found] = [0, 0];
  for (let seed = 0; seed < STUDIES; seed++) {
    const runs = study(kind, seed, noise);
    if (divergedRuns(runs).dropped.length > 0) lost++;
    if (seed % 10 > 0) continue;
    const at = Math.floor(runs.length * random(seed + 7)());
    const { dropped } = divergedRuns(runs.with(at, { ...runs[at]!, loss: 2 * runs[at]!.loss }));
    if (dropped.some(({ row }) => row === at + 1)) found++;
  }
  return `${lost}, ${Math.round((1000 * found) / STUDIES)} %`;
};

console.log(`| studies | ${noises.map((noise) => `noise ${100 * noise} %`).join(" | ")} |`);
console.log(`| --- | ${noises.map(() => "---").join(" | ")} |`);
for (const kind of kinds) console.log(`| ${kind} | ${noises.map((noise) => cell(kind, noise)).join(" | ")} |`);

const share = (told: (seed: number) => boolean, of: number): string =>
  `${Array.from({ length: of }, (_, seed) => told(seed)).filter(Boolean).length} of ${of}`;
console.log(
  "independent grids with a caution:",
  share((seed) => independence(study("grid", seed, [0, 0.002, 0.01, 0.03][seed % 4]!)).length > 0, STUDIES),
);
console.log(
  "one training a size:",
  share((seed) => independence(curves(seed, 0.005, 0.001)).length > 0, 300),
);
