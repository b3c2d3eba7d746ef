import { choice, number, shown, whole } from "@isoflop/spec";
import { type Device, Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { numbers, tensors } from "../arithmetic.js";
import { check, part, unit, unsaid } from "../checks.js";
import { betasOf, schedules, withZeroTerminalSnr } from "../ddpm/betas.js";
import { type Spacing, spacedIndices } from "../ddpm/spacing.js";
import {
  coefficients,
  deviceTables,
  hostTables,
  type Rows,
  ratiosOf,
  type Tables,
  timeOfRatio,
} from "../ddpm/tables.js";
import { DiffusionError, must } from "../errors.js";
import type { Coefficients, Path } from "../path.js";

/** A process of so many steps: its index i is at t = (i + 1) / steps, and t = 0 is data. */
export interface DiscretePath extends Path {
  readonly steps: number;
  /** The share of the variance that each step takes away, float64 [steps]. */
  readonly betas: readonly number[];
  /** The index of each step in the process that it was taken from, and how many steps that has. */
  readonly indices: readonly number[];
  readonly originalSteps: number;
  /** log alpha at an index, half of DDPM's log ᾱ; 0 at -1, which is data. */
  logAlphaAt(index: number): number;
  /** alpha there. */
  alphaAt(index: number): number;
  /** 1 - alpha² there, with its digits where alpha is near 1. */
  restAt(index: number): number;
  /** Where its tables are, if they are on a device. */
  readonly device?: Device;
  on(device: Device): DiscretePath;
}

/** Whether a path is one of discrete steps. */
export const isDiscrete = (path: Path): path is DiscretePath =>
  typeof path === "object" && path !== null && "steps" in path && "betas" in path;

interface Process {
  readonly name: string;
  readonly betas: readonly number[];
  /** At each index; not from betas, of which one near 1 has few digits of what it leaves. */
  readonly logAlphas: readonly number[];
  readonly indices: readonly number[];
  readonly originalSteps: number;
}

const processPath = ({ logAlphas, ...process }: Process): DiscretePath => {
  const { name, betas, indices } = process;
  const steps = betas.length;
  const logAlphaAt = (index: number): number => (index < 0 ? 0 : logAlphas[index]!);
  const starts = betas.map((_, i) => (i === 0 ? 0 : -Math.expm1(logAlphaAt(i - 1))));
  const rows: Rows = {
    end: logAlphas.map(Math.exp),
    start: starts,
    fall: betas.map((_, i) => (i + 1 < steps ? starts[i + 1]! : -Math.expm1(logAlphaAt(i))) - starts[i]!),
    index: indices,
    stride: indices.map((index, i) => index - (indices[i - 1] ?? -1)),
  };
  const host = hostTables(rows, steps);
  const cached = new WeakMap<Device, DiscretePath>();
  const lastRatio = ratiosOf(rows).at(-1)!;

  const make = (tables?: Tables<Tensor>, device?: Device): DiscretePath => ({
    ...process,
    ...(device && { device }),
    steps,
    logAlphaAt,
    alphaAt: (index) => Math.exp(logAlphaAt(index)),
    restAt: (index) => (index < 0 ? 0 : -Math.expm1(2 * logAlphaAt(index))),
    at: ((t: number | Tensor) => {
      if (t instanceof Tensor) return tables ? coefficients(tensors, tables, t, steps) : withoutTables(process, t);
      check(unit, t, `${name} path: t`);
      return coefficients(numbers, host, t, steps);
    }) as Path["at"],
    timeAt: ((ratio: number | Tensor) => {
      if (ratio instanceof Tensor) {
        must(tables, "option", onDevice(name, "the time of a ratio"));
        return timeOfRatio(tensors, tables, ratio, steps);
      }
      must(ratio >= 0, "option", `${name} path: noise to signal is ${ratio}; it must be at least 0.`);
      return ratio >= lastRatio ? 1 : timeOfRatio(numbers, host, ratio, steps);
    }) as Path["timeAt"],
    on(there) {
      const made = cached.get(there) ?? make(deviceTables(rows, steps, there), there);
      cached.set(there, made);
      return made;
    },
  });
  return make();
};

/** What is known of tensor times without tables: the index, where steps are the original ones. */
const withoutTables = (
  { name, indices, originalSteps }: Omit<Process, "logAlphas">,
  t: Tensor,
): Coefficients<Tensor> => {
  const refuse = (): never => {
    throw new DiffusionError("option", onDevice(name, "coefficients"));
  };
  return {
    get alpha() {
      return refuse();
    },
    get sigma() {
      return refuse();
    },
    get alphaDot() {
      return refuse();
    },
    get sigmaDot() {
      return refuse();
    },
    get index() {
      return indices.length === originalSteps ? tensors.sub(tensors.mul(t, originalSteps), 1) : refuse();
    },
  };
};

const onDevice = (name: string, what: string): string =>
  `the ${name} path reads tables, and tensors of ${what} need them on a device; take objectiveOn(objective, device), or path.on(device).`;

/** log alpha at each index. */
const logAlphasOf = (betas: readonly number[]): readonly number[] => {
  let log = 0;
  return betas.map((beta) => {
    log += Math.log1p(-beta);
    return log / 2;
  });
};

/** @throws DiffusionError("option") for a beta that leaves nothing, or takes nothing */
const checkBetas = (betas: readonly number[]): readonly number[] => {
  must(betas.length >= 2, "option", `discrete.betas has ${betas.length}; it takes two or more.`);
  const wrong = betas.findIndex((beta, i) => !(beta > 0 && (beta < 1 || (beta === 1 && i === betas.length - 1))));
  must(
    wrong === -1,
    "option",
    `discrete.betas[${wrong}] is ${betas[wrong]}; it must be above 0 and below 1 (the last may be 1, which leaves no signal).`,
  );
  return betas;
};

const betaList = /* @__PURE__ */ v.array(number(), "a list of numbers");

/**
 * DDPM's process of discrete steps: variance-preserving, by betas of one's own or by a schedule, "linear" (arXiv 2006.11239) or "cosine"
 * (arXiv 2102.09672, `squaredcos_cap_v2`). Index i is at t = (i + 1) / steps, t = 0 is data, and alpha falls in straight lines between them; its
 * derivative at an index is that of the step which ends there. `zeroTerminalSnr` leaves no signal at t = 1 (arXiv 2305.08891).
 *
 * Tensors of times need its tables on a device: `objectiveOn`, or `path.on(device)`.
 * @throws DiffusionError("option") for betas outside (0, 1), fewer than 2 steps, or betas beside a schedule
 */
export const discretePath = part({
  name: "discrete",
  options: {
    betas: v.optional(betaList),
    // Beside betas neither is said.
    schedule: unsaid(choice(schedules), "linear"),
    steps: unsaid(whole({ atLeast: 2 }), 1000),
    zeroTerminalSnr: v.optional(v.boolean("true or false"), false),
  },
  named: (
    given:
      | readonly number[]
      | {
          readonly betas?: number[];
          readonly schedule?: (typeof schedules)[number];
          readonly steps?: number;
          readonly zeroTerminalSnr?: boolean;
        } = {},
  ) => (Array.isArray(given) || ArrayBuffer.isView(given) ? { betas: Array.from(given as number[]) } : given),
  build({ betas: told, schedule, steps, zeroTerminalSnr }): DiscretePath {
    const both = told !== undefined && (schedule !== undefined || steps !== undefined);
    must(!both, "option", "discrete: betas and a schedule or steps are given; it takes one of them.");
    const plain = checkBetas(told ?? betasOf(schedule ?? "linear", steps ?? 1000));
    const betas = zeroTerminalSnr ? withZeroTerminalSnr(plain) : plain;
    const name = `${told ? "discrete" : `discrete ${schedule ?? "linear"}`} ${betas.length}`;
    return processPath({
      name: zeroTerminalSnr ? `${name}, zero terminal SNR` : name,
      betas,
      logAlphas: logAlphasOf(betas),
      indices: betas.map((_, i) => i),
      originalSteps: betas.length,
    });
  },
});

/**
 * The process of some of a process's steps, with betas that lead from each to the next; networks are still told the indices of the original
 * (arXiv 2102.09672, section 4).
 * @param spacing "250", "10,15,20" (of equal parts), "ddim50", or indices
 * @throws DiffusionError("option") for a spacing that makes no sense, or that keeps one step
 */
export const respaced = (path: DiscretePath, spacing: Spacing): DiscretePath => {
  must(isDiscrete(path), "option", `respaced: path is ${shown(path)}; it takes one of steps, such as discretePath().`);
  const kept = spacedIndices(path.steps, spacing);
  must(
    kept.length >= 2,
    "option",
    `respaced: spacing ${JSON.stringify(spacing)} keeps one step; it takes two or more.`,
  );
  const logAlphas = kept.map(path.logAlphaAt);
  const betas = logAlphas.map((log, j) => -Math.expm1(2 * (log - (logAlphas[j - 1] ?? 0))));
  return processPath({
    name: `${path.name}, ${kept.length} steps`,
    betas,
    logAlphas,
    indices: kept.map((index) => path.indices[index]!),
    originalSteps: path.originalSteps,
  });
};
