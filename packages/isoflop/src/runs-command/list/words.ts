import { basename } from "node:path";
import type { SeedNoise } from "@isoflop/scaling";
import { budgetWords } from "../../study/progress.js";
import { num, plural } from "../../words/numbers.js";
import { table, type Words } from "../../words/passage.js";
import { seedNoiseWords } from "../../words/seed-noise.js";
import { ageWords, bytesWords } from "../../words/sizes.js";
import type { RunDocument } from "../document.js";

const NONE = "–";

/**
 * @param planned how many runs the study has, if those are of one
 * @param noise of its seeds, where it has replicates
 */
export const listWords = (store: string, runs: readonly RunDocument[], planned?: number, noise?: SeedNoise): Words => {
  const now = Date.now();
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(run.metrics ?? {})))];
  const rows = runs.map(
    ({ id, standing, budget, width, steps, of, loss, metrics: own, data, changed, bytes, studies }) => [
      ...[id, standing, data ?? NONE],
      ...[budget === undefined ? NONE : budgetWords(budget), width === undefined ? NONE : String(width)],
      of === undefined ? String(steps) : `${steps}/${of}`,
      loss === undefined ? NONE : num(loss),
      ...metrics.map((name) => (own?.[name] ? num(own[name].value) : NONE)),
      ...[ageWords((now - Date.parse(changed)) / 1000), bytesWords(bytes)],
      studies.length === 0 ? NONE : studies.map((folder) => basename(folder)).join(", "),
    ],
  );
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  const count =
    planned === undefined ? plural(runs.length, "run") : `${runs.length} of ${plural(planned, "run")} of the study`;
  const problems = runs.flatMap(({ id, problem, modules }) => {
    const needs = modules.length > 0 ? ` (it takes parts of ${modules.join(", ")})` : "";
    return problem === undefined ? [] : [`${id} is read only in part${needs}: ${problem}`];
  });
  return [
    runs.length > 0 &&
      table(
        ["run", "state", "data", "C, FLOPs", "width", "steps", "loss", ...metrics, "age", "size", "studies"],
        rows,
        3,
      ),
    `${count} in ${store}${runs.length > 0 ? `, ${bytesWords(bytes)}` : ""}`,
    noise && { notes: seedNoiseWords(noise) },
    problems.length > 0 && { notes: problems },
  ];
};
