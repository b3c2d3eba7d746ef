import { FlopsError, oneOf, shown } from "./errors.js";

/** How often a solver asks the network. */
export interface SolverEvaluations {
  /** In a step. */
  readonly each: number;
  /** In the step from pure noise, where that differs. */
  readonly first?: number;
  /** In the step to data, where that differs. */
  readonly last?: number;
  /** Beside those of the steps. */
  readonly extra?: number;
}

/** The record of a solver as `@isoflop/diffusion` has it: of its options those count that decide how often it asks. */
export interface SolverRecord {
  readonly kind: SolverName;
  readonly [option: string]: unknown;
}

type Options = Readonly<Record<string, unknown>>;

const once: SolverEvaluations = { each: 1 };

/** Of so many orders, but that steps from pure noise and to data are of the first. */
const byOrder =
  (usual: number) =>
  ({ order = usual }: Options): SolverEvaluations => {
    if (order === 1 || order === 2 || order === 3) return { each: order, first: 1, last: 1 };
    throw new FlopsError("config", `solver.order is ${shown(order)}; it must be 1, 2 or 3.`);
  };

/** Two in a step, and one in the last if that is Euler's. */
const twice =
  (usual: boolean) =>
  ({ lastEuler = usual }: Options): SolverEvaluations => ({ each: 2, ...(lastEuler === true && { last: 1 }) });

const solverEvaluations = {
  euler: () => once,
  heun: twice(true),
  midpoint: twice(false),
  rk4: () => ({ each: 4 }),
  // Of Dormand and Prince's seven stages the first is the last of the step before.
  dopri5: () => ({ each: 6, extra: 1 }),
  ddim: () => once,
  ancestral: () => once,
  dpmSolver: byOrder(3),
  dpmSolverPPSingle: byOrder(2),
  dpmSolverMultistep: () => once,
  dpmSolverPP: () => once,
  uniPC: () => once,
  lms: () => once,
  edmStochastic: () => ({ each: 2, first: 1, last: 1 }),
  eulerMaruyama: () => once,
  heunSde: ({ lastStep }) => ({ each: 2, ...(lastStep !== "none" && { last: 1 }) }),
} as const satisfies Readonly<Record<string, (options: Options) => SolverEvaluations>>;

/** A solver of `@isoflop/diffusion` by its name. */
export type SolverName = keyof typeof solverEvaluations;

/** The solvers whose evaluations are known, by the names that `@isoflop/diffusion` gives them. */
export const solverNames = Object.keys(solverEvaluations) as readonly SolverName[];

/**
 * How often a solver, by its name or its record, asks the network. Steps of `dopri5`, which chooses its own, are those that it tries.
 * @throws FlopsError("config") for a name or an order that is none
 */
export const evaluationsOf = (solver: SolverName | SolverRecord): SolverEvaluations => {
  const { kind, ...options }: Options = typeof solver === "object" && solver !== null ? solver : { kind: solver };
  oneOf("config", "solver", kind as SolverName, solverNames);
  return solverEvaluations[kind as SolverName](options);
};
