import { kinds } from "@isoflop/spec";
import { euler } from "./solvers/euler.js";
import { heun } from "./solvers/heun.js";

/** Solvers by name. */
export const solvers = kinds("solver", [euler, heun]);
