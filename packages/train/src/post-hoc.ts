import { record, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { SavedArray } from "./arrays.js";
import type { Checkpoint } from "./checkpoint.js";
import { powerExponent, powerWidthSchema } from "./ema.js";
import { check, must } from "./errors.js";
import { leastSquares } from "./least-squares.js";
import { inOrder, type StoredSnapshot } from "./snapshot.js";

/** How an average of the first `step` steps weighs them: as τ^gamma, over its integral from 0 to `step`. */
export interface PowerProfile {
  readonly gamma: number;
  readonly step: number;
}

/**
 * ∫ p_a(τ) p_b(τ) dτ over the steps that both see (Karras et al., arXiv 2312.02696, appendix C.2). An average as training keeps it weighs step i by
 * exactly the integral of its profile from i to i + 1.
 */
export const profileProduct = (a: PowerProfile, b: PowerProfile): number => {
  const [early, late] = a.step <= b.step ? [a, b] : [b, a];
  const height = ((a.gamma + 1) * (b.gamma + 1)) / ((a.gamma + b.gamma + 1) * late.step);
  return height * (early.step / late.step) ** late.gamma;
};

/** A profile as a sum of others. */
export interface Reconstruction {
  /** What each of the others is multiplied by. */
  readonly coefficients: readonly number[];
  /** What is left, as a share of the profile: the norm of the difference over that of the profile. */
  readonly residual: number;
}

/** The sum of profiles that is nearest to another in least squares (arXiv 2312.02696, algorithm 3), in float64. */
export const reconstructProfile = (profiles: readonly PowerProfile[], target: PowerProfile): Reconstruction => {
  const norms = profiles.map((profile) => Math.sqrt(profileProduct(profile, profile)));
  const size = Math.sqrt(profileProduct(target, target));
  // Of unit norm each, they make a matrix of cosines.
  const cosines = profiles.map((a, i) => profiles.map((b, j) => profileProduct(a, b) / (norms[i]! * norms[j]!)));
  const along = profiles.map((profile, i) => profileProduct(profile, target) / (norms[i]! * size));
  const solution = leastSquares(cosines, along);
  const explained = solution.reduce((sum, x, i) => {
    const rest = solution.reduce((part, y, j) => part + y * cosines[i]![j]!, 0);
    return sum + x * (2 * along[i]! - rest);
  }, 0);
  return {
    coefficients: solution.map((x, i) => (x * size) / norms[i]!),
    residual: Math.sqrt(Math.max(0, 1 - explained)),
  };
};

/** An average that no step of training kept. `averagedWeights` puts it on a device, as it does a checkpoint's. */
export interface ReconstructedAverage extends Pick<Checkpoint, "step" | "arrays"> {
  readonly width: number;
  /** How far its profile is from the one that was asked for, as a share of it. */
  readonly residual: number;
}

const reconstructOptions = record({ width: powerWidthSchema, at: v.optional(whole({ atLeast: 1 })) });

/**
 * The power average of any width after the fact, from snapshots of others (Karras et al., arXiv 2312.02696, section 3.2): of widths that were
 * tracked it is the snapshot itself, of others the nearest sum of all snapshots up to there. Snapshots are read one after the other.
 * @param snapshots of one run, as its store gives them
 * @param options.width relative width; @param options.at after how many steps, one of a snapshot's. Default: the last
 * @throws TrainError `spec` for a width that is none or a step without snapshot, `checkpoint` for no snapshots, or such of several runs or models
 */
export const reconstructAverage = async (
  snapshots: readonly StoredSnapshot[],
  options: { readonly width: number; readonly at?: number },
): Promise<ReconstructedAverage> => {
  const { width, at: asked } = check(reconstructOptions, options, "options");
  const all = inOrder(snapshots);
  must(
    all.length > 0,
    "checkpoint",
    "there are no snapshots; a run keeps some where its spec has snapshots: { widths, count }",
  );
  const other = all.find(({ spec }) => spec !== all[0]!.spec);
  must(
    !other,
    "checkpoint",
    `the snapshots of steps ${all[0]!.step} and ${other?.step} are of two runs; give those of one`,
  );
  const at = asked ?? all.at(-1)!.step;
  const steps = [...new Set(all.map(({ step }) => step))];
  must(steps.includes(at), "spec", `options.at is ${at}; there are snapshots of steps ${listed(steps)}`);
  const kept = all.find((snapshot) => snapshot.step === at && snapshot.width === width);
  if (kept) return { step: at, width, residual: 0, arrays: await kept.read() };
  const used = all.filter(({ step }) => step <= at);
  const profiles = used.map((snapshot) => ({ gamma: powerExponent(snapshot.width), step: snapshot.step }));
  const { coefficients, residual } = reconstructProfile(profiles, { gamma: powerExponent(width), step: at });
  const sums = new Map<string, { readonly shape: readonly number[]; readonly sum: Float64Array }>();
  for (const [i, snapshot] of used.entries()) addTo(sums, await snapshot.read(), coefficients[i]!, snapshot.step);
  const arrays = [...sums].map(([name, { shape, sum }]): [string, SavedArray] => [
    name,
    { shape, data: Float32Array.from(sum) },
  ]);
  return { step: at, width, residual, arrays: Object.fromEntries(arrays) };
};

const listed = (steps: readonly number[]): string =>
  steps.length > 8 ? `${steps.slice(0, 7).join(", ")}, … ${steps.at(-1)}` : steps.join(", ");

type Sums = Map<string, { readonly shape: readonly number[]; readonly sum: Float64Array }>;

/** Adds a multiple of arrays. The first that come decide the names and shapes. */
const addTo = (sums: Sums, arrays: Checkpoint["arrays"], factor: number, step: number): void => {
  const first = sums.size === 0;
  for (const [name, { shape, data }] of Object.entries(arrays)) {
    if (first) sums.set(name, { shape, sum: new Float64Array(data.length) });
    const { sum } = sums.get(name) ?? {};
    must(
      sum?.length === data.length,
      "checkpoint",
      `the snapshot of step ${step} has another ${name} than those before it`,
    );
    for (let i = 0; i < sum.length; i++) sum[i]! += factor * data[i]!;
  }
  must(
    Object.keys(arrays).length === sums.size,
    "checkpoint",
    `the snapshot of step ${step} has not all parameters of those before it`,
  );
};
