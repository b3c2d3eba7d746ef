import type { Comparison } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { sideOf } from "../chart/axis.js";
import { chart } from "../chart/chart.js";
import { curveMarks, rangeWithBand } from "../chart/curve.js";
import { type Figure, figure } from "../chart/figure.js";
import { scientific } from "../chart/format.js";
import { known as within } from "../chart/interval.js";
import { isOn, line, placeMarks } from "../chart/marks.js";
import { logAxis, quantities } from "../chart/quantity.js";
import { some } from "../error.js";

const dashed = { strokeWidth: 1.75, strokeDasharray: "5 4" };

/**
 * Compute that B needs for the loss of A, over that of A, against compute: level where B multiplies compute by one number, through 1 where
 * the two cross.
 */
export const computeRatioFigure = (comparison: Comparison): Figure => {
  const { a, b, ratios, trend, crossing, quantity } = comparison;
  const curve = some("ratios", ratios, "ratio").flatMap(({ C, value, ci95 }) =>
    value > 0 && Number.isFinite(value) ? [{ x: C, y: value, ci95 }] : [],
  );
  const known = some("ratios", curve, "ratio that is known");
  const range = trend.ok ? trend.range : undefined;
  const caption = `How much compute B needs for the ${quantity} that A has at C, over C, with its pointwise 95 % band; at 1 both are as good, and below B is better. ${range ? "Shaded: the compute to which both were fitted." : ""}`;
  const drawing = chart(({ theme, small }) => {
    const x = logAxis(
      quantities.C,
      known.map((point) => point.x),
      small ? 4 : 9,
      0.03,
    );
    const fitted = known.filter((point) => !range || (point.x >= range[0] && point.x <= range[1]));
    const seen = [1, ...known.map((point) => point.y), ...fitted.flatMap(({ ci95 }) => within(ci95) ?? [])];
    const y = logAxis({ label: "compute B needs / C" }, rangeWithBand(seen, known), 7);
    const color = theme.heldOut;
    const style = { stroke: color, fill: color, name: "ratio", bandName: "ratio-band" };
    // The end of the range is on both.
    const below = known.filter((point) => range && point.x <= range[0]);
    const from = known.filter((point) => !range || point.x >= range[0]);
    const crossings = crossing.ok ? [{ value: crossing.C, ci95: crossing.ci95 }] : [];
    return {
      description: `Compute that ${b.name} needs for the ${quantity} of ${a.name}, over that of ${a.name}, against compute.`,
      x,
      y,
      height: small ? 300 : 340,
      marginRight: 20,
      subtitle: "dashed beyond what both were fitted to; band: 95 %",
      labels: crossings.flatMap(({ value: C }) => {
        const text = `cross at ${scientific(C)}`;
        return isOn(x, C) ? [{ x: C, y: y.domain[1], text, color: theme.muted, side: sideOf(x, C) }] : [];
      }),
      marks: [
        ...(range
          ? [
              Plot.rect([0], {
                ...{ x1: range[0], x2: range[1], y1: y.domain[0], y2: y.domain[1] },
                ...{ fill: theme.muted, fillOpacity: 0.07, className: "fitted" },
              }),
            ]
          : []),
        ...crossings.flatMap((place) => placeMarks(place, "x", { x, y }, theme.muted, 0.12, "crossing")),
        Plot.ruleY([1], { stroke: theme.ink, strokeWidth: 1, className: "equal" }),
        ...(below.length > 1 ? [line(below, color, "extrapolation", dashed)] : []),
        ...curveMarks(from, { ...style, fittedTo: range?.[1] ?? x.domain[1], domain: y.domain }, known),
      ],
    };
  });
  return figure(caption, drawing);
};
