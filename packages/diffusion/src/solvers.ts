import { kinds } from "@isoflop/spec";
import type * as v from "valibot";
import { euler } from "./solvers/euler.js";
import { heun } from "./solvers/heun.js";

/** Solvers by name. */
export const solvers = kinds("solver", [euler, heun]);

/** The record of a solver. */
export type SolverSpec = v.InferOutput<typeof solvers.schema>;
