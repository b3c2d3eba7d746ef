import { akimaSpline, extent, type IsoFlop, isInterior, type Run } from "@isoflop/scaling";
import { spaced } from "../chart/log.js";
import { type Budget, type SizeName, valueOf } from "./budgets.js";

/** A point of an isoFLOP curve. */
export interface CurvePoint {
  /** Parameters, or tokens where the curve is drawn against those. */
  readonly size: number;
  readonly loss: number;
}

const points = 121;

/** What was fitted to one budget, between its smallest and largest run and on the scale of the quantity itself; empty where it was refused. */
export const isoFlopCurve = ({ profile, runs }: Budget, { axis, scale, quantity }: IsoFlop["choices"]): CurvePoint[] => {
  if (!profile || !isInterior(profile)) return [];
  const back = scale === "log" ? Math.exp : (y: number) => y;
  const fitted = profile.parabola ? vertexForm(profile.parabola[axis]) : spline(runs, axis, (run) => {
    const value = valueOf(run, quantity);
    return scale === "log" ? Math.log(value) : value;
  });
  return spaced(...extent(runs.map((run) => run[axis])), points).map((size) => ({ size, loss: back(fitted(Math.log(size))) }));
};

type Parabola = NonNullable<NonNullable<Budget["profile"]>["parabola"]>["N"];

const vertexForm =
  ({ x, y, curvature }: Parabola) =>
  (at: number): number =>
    y.value + curvature.value * (at - x.value) ** 2;

/** Akima's spline through the mean of each size, as the fit takes it. */
const spline = (runs: readonly Run[], size: SizeName, value: (run: Run) => number): ((at: number) => number) => {
  const groups = new Map<number, number[]>();
  for (const run of runs) {
    const at = Math.log(run[size]);
    groups.set(at, [...(groups.get(at) ?? []), value(run)]);
  }
  const knots = [...groups].sort(([a], [b]) => a - b);
  const { at } = akimaSpline(
    knots.map(([x]) => x),
    knots.map(([, values]) => values.reduce((sum, v) => sum + v, 0) / values.length),
  );
  return at;
};
