import { type Kinds, kinds } from "@isoflop/spec";
import type * as v from "valibot";
import type { Solver } from "./solver.js";
import { eulerKind } from "./solvers/euler.js";
import { heunKind } from "./solvers/heun.js";

const known = [eulerKind, heunKind] as const;

/** Solvers by name. */
export const solvers: Kinds<Solver, (typeof known)[number]> = kinds("solver", known);

/** The record of a solver. */
export type SolverSpec = v.InferOutput<typeof solvers.schema>;
