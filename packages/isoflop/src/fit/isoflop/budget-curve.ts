import type { Run } from "@isoflop/plot";
import { akimaSpline } from "@isoflop/scaling";
import { largest, smallest, spaced } from "../../range.js";
import type { IsoFlopDocument } from "./fit.js";

const POINTS = 121;

/** What was fitted to one budget, on the axis of the fit and on the scale of the loss itself. */
export const budgetCurve = (
  { parabola }: IsoFlopDocument["budgets"][number],
  runs: readonly Run[],
  { axis, scale }: IsoFlopDocument["choices"],
): { readonly size: number; readonly loss: number }[] => {
  const sizeOf = (run: Run) => (axis === "N" ? run.params : run.tokens);
  const fitted = parabola ? vertexForm(parabola[axis]) : spline(runs, sizeOf, scale);
  const back = scale === "log" ? Math.exp : (y: number) => y;
  const sizes = runs.map(sizeOf);
  // A wide parabola of the loss can reach below zero only far outside its runs; between them it is a loss.
  return spaced(smallest(sizes), largest(sizes), POINTS).map((size) => ({ size, loss: back(fitted(Math.log(size))) }));
};

interface Vertex {
  readonly x: { readonly value: number };
  readonly y: { readonly value: number };
  readonly curvature: { readonly value: number };
}

const vertexForm =
  ({ x, y, curvature }: Vertex) =>
  (at: number): number =>
    y.value + curvature.value * (at - x.value) ** 2;

/** Akima's spline through the mean of each size, as the fit takes it. */
const spline = (runs: readonly Run[], sizeOf: (run: Run) => number, scale: "raw" | "log"): ((at: number) => number) => {
  const groups = new Map<number, number[]>();
  for (const run of runs) {
    const at = Math.log(sizeOf(run));
    groups.set(at, [...(groups.get(at) ?? []), scale === "log" ? Math.log(run.loss) : run.loss]);
  }
  const knots = [...groups].sort(([a], [b]) => a - b);
  const { at } = akimaSpline(
    knots.map(([x]) => x),
    knots.map(([, values]) => values.reduce((sum, v) => sum + v, 0) / values.length),
  );
  return at;
};
