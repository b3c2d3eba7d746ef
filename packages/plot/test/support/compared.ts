import {
  compareSides,
  constantsOfSide,
  expectOk,
  predictIsoFlop,
  type Run,
  type Side,
  sideOfRuns,
} from "@isoflop/scaling";
import type { ComparedArm, ComparisonSummary, StudySummary, TimedRun } from "../../src/index.js";
import { budgets, fitOf, random } from "./study.js";

const sizes = [0.16, 0.4, 1, 2.5, 6.25];

/** Runs of a surface with a known optimum, ±0.3 % of noise. @param factor by which everything above the floor is larger */
const runsOf = (factor: number, seed: number): TimedRun[] => {
  const noise = random(seed);
  return budgets.flatMap((C) =>
    sizes.map((size, i): TimedRun => {
      const N = Math.round(24_000 * (C / 3e11) ** 0.5 * size);
      const D = C / (6 * N);
      const loss = (0.1 + factor * (60 * N ** -0.6 + 300 * D ** -0.6)) * (1 + 0.006 * (noise() - 0.5));
      return { id: `${seed}-${C}-${i}`, C, N, D, loss, sigma: 0.001, flops: C * 1.001, seconds: 8 };
    }),
  );
};

const summaryOf = (factor: number, seed: number, data: string): StudySummary => {
  const runs = runsOf(factor, seed);
  const fit = fitOf(runs);
  const prediction = expectOk(predictIsoFlop(fit, 6.4e12));
  const { ok: _, ...said } = prediction as typeof prediction & { readonly ok?: true };
  return {
    record: "study",
    preset: `arm ${seed}`,
    device: { backend: "wasm" },
    data: { name: data, details: "16 x 16 pixels" },
    seconds: 240,
    runs,
    fit,
    heldOut: { prediction: said, measured: { loss: 1.01 * said.predicted.loss.value, sigma: 0.001 } },
    plannedRuns: runs.length,
    choices: { loss: "mean squared error of the velocity", recipe: `recipe ${seed}` },
  };
};

/** A difference that validation resolves, with pairs of runs, and one of single runs that are held out. */
const paired = [
  {
    ...{ C: 1e11, heldOut: false, difference: { mean: 0.0075, stdErr: 0.0006 }, unpaired: 0.003 },
    matched: { mean: 0.006, stdErr: 0.002, pairs: 5 },
  },
  { C: 1.5e12, heldOut: true, difference: { mean: 0.0037, stdErr: 0.0005 }, unpaired: 0.003 },
];

const armOf = (name: string, summary: StudySummary, first: Side | undefined, same: boolean) => {
  const side = expectOk(
    sideOfRuns(
      name,
      summary.fit!.budgets.flatMap(({ runs }): readonly Run[] => runs),
    ),
  );
  const { floor: _, ...exponents } = constantsOfSide(side, { draws: 200 });
  const comparison = first && compareSides(first, side, { draws: 200 });
  const arm: ComparedArm = {
    name,
    folder: `../${name}`,
    summary,
    law: side.law,
    exponents,
    ...(comparison && {
      apart: { N: comparison.constants.N!, D: comparison.constants.D!, loss: comparison.constants.loss! },
    }),
    ...(comparison && same && { comparison, paired }),
  };
  return { arm, side };
};

/** Two arms or more; the second needs more compute by the factor of what is above its floor. */
export const comparedStudies = ({
  factors = [1, 1.25],
  lossesDiffer,
}: {
  readonly factors?: readonly number[];
  readonly lossesDiffer?: string;
} = {}): ComparisonSummary => {
  const same = lossesDiffer === undefined;
  const summaries = factors.map((factor, i) => summaryOf(factor, i + 1, same ? "emoji" : `set ${i + 1}`));
  const { arm: first, side } = armOf("arm-a", summaries[0]!, undefined, same);
  const others = summaries.slice(1).map((summary, i) => armOf(`arm-${"bcd"[i]}`, summary, side, same).arm);
  return {
    record: "studies",
    name: "arms",
    compared: "model.conditioning",
    arms: [first, ...others],
    ...(lossesDiffer !== undefined && { lossesDiffer }),
    file: { name: "arms", hash: "0011aabb", text: "name: arms\ncompare: { model.conditioning: [a, b] }\n" },
    reproduce: "npx isoflop study arms.yaml",
  };
};
