import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What of a study's file decides its runs: examples with the same are of the same runs, from one store. */
export const decisive = ["data", "model", "objective", "batch", "optimizer", "validation", "grid", "heldOut"] as const;

/** What a study left: what it printed, and its folder. */
export interface ToyStudy {
  readonly words: string;
  /** A file of its folder. */
  readonly file: (name: string) => string;
}

/** Does an example's study at a size of seconds: four sizes at four budgets, and one held out. @param more further fields, as `--set` has them */
export const toyStudy = (example: string, out: string, more: readonly string[]): ToyStudy => {
  const sets = [
    "grid={budgets: [2.5e8, 5e8, 1e9, 2e9], widths: [8, 16, 24, 32]}",
    ...["heldOut.budgets=4e9", "heldOut.widths=[16,24,32]", "heldOut.count=1", "validation.images=64"],
    ...more,
  ].flatMap((one) => ["--set", one]);
  const words = execFileSync("npx", ["isoflop", "study", join(example, "study.yaml"), ...sets, "--out", out], {
    ...{ cwd: example, encoding: "utf8" as const, stdio: "pipe" as const },
  });
  return { words, file: (name) => readFileSync(join(out, name), "utf8") };
};

/** A run of a simulated grid: `loss(more)` where it needs that many times the compute that its budget is worth. */
export interface SimulatedRun {
  readonly C: number;
  readonly N: number;
  readonly D: number;
  readonly loss: (more: number) => number;
}

/** Twenty runs of a surface of Chinchilla's form, with scatter of a fifth of a per cent. @param phase of the scatter, which is no chance */
export const simulatedGrid = (phase: number): readonly SimulatedRun[] =>
  [1e10, 2e10, 4e10, 8e10].flatMap((C, b) =>
    [0.3, 0.6, 1, 1.7, 3].map((size, i) => {
      const N = 2e4 * (C / 1e10) ** 0.4 * size;
      const D = C / (300 * N);
      const scatter = 1 + 0.002 * Math.sin(7 * b + 3 * i + phase);
      const loss = (more: number) => (0.1 + 30 * (N / more ** 0.4) ** -0.6 + 8 * (D / more ** 0.6) ** -0.4) * scatter;
      return { C, N, D, loss };
    }),
  );
