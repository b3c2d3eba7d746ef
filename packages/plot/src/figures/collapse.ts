import type { Collapse, CollapsedRun } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { chart } from "../chart/chart.js";
import { type Figure, panels } from "../chart/figure.js";
import type { PointLabel } from "../chart/labels.js";
import { line, zeroLine } from "../chart/marks.js";
import { linearAxis, logAxis, percentAxis } from "../chart/quantity.js";
import type { Draw } from "../chart/sheet.js";
import { onLogAxes, refused, some } from "../error.js";

const share = { label: "share of the training" };
/** More names than this would hide the curves. */
const mostNamed = 6;
/** The axis of distances ends at so many times what the runs that hold need, unless less is needed. */
const farthest = 8;

/**
 * Normalised curves of a sweep, ℓ(x) = (L(xT) − L0) / (L(T) − L0), those that spoil the collapse in colour, and beside them the distance of each from
 * the curve of the runs that hold, with the band in which those lie.
 */
export const collapseFigure = (collapse: Collapse): Figure => {
  const { runs, x, floor } = collapse;
  for (const [i, { curve }] of some("runs", runs, "run").entries()) {
    if (curve.length !== x.length) throw refused(`runs[${i}].curve`, curve, `as many values as x, ${x.length}`);
    onLogAxes(
      `runs[${i}].curve`,
      curve.map((value, k) => ({ x: x[k]!, value })),
      ["x", "value"],
    );
  }
  const spoilt = runs.filter(({ spoils }) => spoils).length;
  const noise = collapse.noise ? " Dashed: ±2σ between repeated runs, not normalised by their own ends." : "";
  const caption = `Curves of ${runs.length} runs over their training, above a floor of ${Number(floor.value.toPrecision(4))} and in units of their end. ${spoilt > 0 ? `In colour: ${spoilt === 1 ? "the run that spoils" : `the ${spoilt} runs that spoil`} the collapse.` : "None spoils the collapse."} Beside: their distance from the curve of the runs that hold; grey: ±2Δ of those.${noise}`;
  const description = `Normalised training curves of ${runs.length} runs, and their distances from the common curve.`;
  return panels(caption, description, [curves(collapse), distances(collapse)], 1040, (width) => (width < 720 ? 1 : 2));
};

const placed = ({ curve }: CollapsedRun, x: readonly number[], of: (value: number, k: number) => number) =>
  curve.map((value, k) => ({ x: x[k]!, y: of(value, k) }));

const styleOf = ({ spoils }: CollapsedRun) => (spoils ? { strokeWidth: 2 } : { strokeWidth: 1, strokeOpacity: 0.55 });

/** Those that hold first, so that the others lie on top of them. */
const inOrder = (runs: readonly CollapsedRun[]): CollapsedRun[] =>
  [...runs].sort((a, b) => Number(a.spoils) - Number(b.spoils));

const curves = ({ runs, x, quantity }: Collapse): Draw =>
  chart(({ theme, width, small }) => {
    const all = runs.flatMap(({ curve }) => curve);
    return {
      description: `Normalised ${quantity} of ${runs.length} runs against the share of their training.`,
      x: logAxis(share, x, 6, 0.02),
      y: logAxis({ label: `(${quantity} − floor) / end` }, all, 6),
      height: small ? Math.round(width * 0.95) : 400,
      marginRight: 20,
      marks: inOrder(runs).map((run) =>
        line(
          placed(run, x, (value) => value),
          run.spoils ? theme.heldOut : theme.scale(0.3),
          run.spoils ? "spoiler" : "curve",
          styleOf(run),
        ),
      ),
    };
  });

const distances = ({ runs, x, curve, deviation, noise }: Collapse): Draw =>
  chart(({ theme, width, small }) => {
    const off = (value: number, k: number) => Math.log(value / curve[k]!);
    const held = runs.filter(({ spoils }) => !spoils).flatMap((run) => placed(run, x, off));
    const usual = Math.max(1e-4, ...held.map(({ y }) => Math.abs(y)), ...deviation.map((d) => 2 * d));
    const within = (y: number) => Math.min(farthest * usual, Math.max(-farthest * usual, y));
    const lines = inOrder(runs).map((run) => ({ run, points: placed(run, x, (value, k) => within(off(value, k))) }));
    const band = x.map((at, k) => ({ x: at, low: -2 * deviation[k]!, high: 2 * deviation[k]! }));
    const edges = noise ? [-2, 2].map((side) => x.map((at, k) => ({ x: at, y: within(side * noise[k]!) }))) : [];
    const values = [...lines.flatMap(({ points }) => points), ...edges.flat()].map(({ y }) => y);
    const xAxis = linearAxis(share, [0, 1], 5, 0.02);
    const named = lines.filter(({ run }) => run.spoils).slice(-mostNamed);
    return {
      description: `Distance of ${runs.length} runs from the common curve in percent against the share of their training.`,
      x: xAxis,
      y: percentAxis("distance from the common curve, %", [...values, -2 * usual, 2 * usual], 6, 0.05),
      height: small ? Math.round(width * 0.95) : 400,
      marginRight: 20,
      labels: named.map(({ run, points }): PointLabel => {
        const at = points.reduce((most, point) => (Math.abs(point.y) > Math.abs(most.y) ? point : most));
        return { ...at, text: run.label, color: theme.heldOut, bold: true, side: at.x > 0.6 ? "left" : "right" };
      }),
      marks: [
        Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill: theme.muted, fillOpacity: 0.16, className: "band" }),
        ...edges.map((points) => line(points, theme.muted, "noise", { strokeDasharray: "4 3" })),
        zeroLine(theme),
        ...lines.map(({ run, points }) =>
          line(
            points,
            run.spoils ? theme.heldOut : theme.scale(0.3),
            run.spoils ? "spoiler" : "distance",
            styleOf(run),
          ),
        ),
      ],
    };
  });
