import { kinds } from "@isoflop/spec";
import { ancestral } from "./solvers/ancestral.js";
import { ddim } from "./solvers/ddim.js";
import { dopri5 } from "./solvers/dopri5.js";
import { dpmSolverMultistep, dpmSolverPP } from "./solvers/dpm-multistep.js";
import { dpmSolver, dpmSolverPPSingle } from "./solvers/dpm-single.js";
import { edmStochastic } from "./solvers/edm-stochastic.js";
import { euler } from "./solvers/euler.js";
import { heun } from "./solvers/heun.js";
import { lms } from "./solvers/lms.js";
import { midpoint } from "./solvers/midpoint.js";
import { rk4 } from "./solvers/rk4.js";
import { eulerMaruyama, heunSde } from "./solvers/sde.js";
import { uniPC } from "./solvers/uni-pc.js";

/** Solvers by name. */
export const solvers = kinds("solver", [
  ...[euler, heun, midpoint, rk4, dopri5],
  ...[ddim, ancestral, dpmSolver, dpmSolverMultistep, dpmSolverPPSingle, dpmSolverPP, uniPC, lms],
  ...[edmStochastic, eulerMaruyama, heunSde],
]);
