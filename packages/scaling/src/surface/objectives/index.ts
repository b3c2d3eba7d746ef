import { registry } from "@isoflop/spec";
import { asymmetric } from "./asymmetric.js";
import { logHuber } from "./huber.js";
import type { SurfaceObjective } from "./objective.js";
import { logSquares, squares } from "./squares.js";
import { student } from "./student.js";

/** Every objective of a surface by name; one from outside joins by `surfaceObjectives.add`. */
export const surfaceObjectives = registry<SurfaceObjective>("objective of a surface", [
  logSquares,
  logHuber,
  squares,
  asymmetric,
  student,
]);

/** `log-squares`, `log-huber`, `squares`, `asymmetric`, `student`; or one that was added. */
export type SurfaceObjectiveName =
  | "log-squares"
  | "log-huber"
  | "squares"
  | "asymmetric"
  | "student"
  | (string & Record<never, never>);
