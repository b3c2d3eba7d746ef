import { registry } from "@isoflop/spec";
import { akima } from "./akima.js";
import { cubic } from "./cubic.js";
import { huber } from "./huber.js";
import type { OptimumMethod } from "./method.js";
import { parabola } from "./parabola.js";
import { slice } from "./slice.js";

/** The methods of this package: a new one is one file and one line here. */
const own: readonly OptimumMethod[] = [parabola, huber, akima, cubic, slice];

/** Every way to find the minimum of a budget, by name; one from outside joins by `optimumMethods.add`. */
export const optimumMethods = registry("optimum method", own);

/**
 * `parabola` by least squares · `huber` the same by Huber's M-estimate · `akima` the minimum of an Akima spline · `cubic` a parabola with a
 * cubic term · `slice` the slice of a loss surface with α and β shared by the budgets; or one that was added.
 */
export type OptimumMethodName = "parabola" | "huber" | "akima" | "cubic" | "slice" | (string & Record<never, never>);
