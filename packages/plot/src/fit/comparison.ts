import * as Plot from "@observablehq/plot";
import { type Axis, scaleOf } from "../figures/axis.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "../figures/chart.js";
import { scientific, significant } from "../format.js";
import { given } from "../study/check.js";
import type { Theme } from "../theme.js";
import { bandMarks, bandWithin, curveMarks, rangeWithBand, splitAt } from "./band.js";
import { dotStyle } from "./dots.js";
import { logAxis } from "./quantity.js";
import { sideOf } from "./side.js";
import type { ComparedAt, ComparedLaw, ComparisonFigureData, Place } from "./types.js";

/** Beyond this factor of the largest compute drawn, a ratio is stated and its end is not shown. */
const furthest = 1e4;

/**
 * Two laws of the loss against compute with their bands, where they cross, and at each compute asked the step from the loss of A
 * there to the compute at which B has the same loss: its length on the log axis is the effective compute.
 */
export const comparisonDrawing = (data: ComparisonFigureData, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const { a, b, at = [] } = data;
  const laws = [
    { law: a, color: theme.scale(0.3), className: "a" },
    { law: b, color: theme.heldOut, className: "b" },
  ];
  const curves = [...a.curve, ...b.curve];
  const reached = curves.reduce((high, point) => Math.max(high, point.x), 0);
  const steps = at.flatMap((entry) => stepOf(entry, reached));
  const x = logAxis(
    { label: "compute C, FLOPs", format: "scientific" },
    [...curves.map((point) => point.x), ...at.map(({ compute }) => compute), ...steps.map((step) => step.to)],
    small ? 4 : 9,
    0.03,
  );
  const points = laws.flatMap(({ law }) => law.points ?? []);
  const core = [...curves, ...points].map((point) => point.y);
  const y = logAxis(
    { label: `optimal ${data.quantity ?? "loss"}` },
    rangeWithBand([...core, ...at.map(({ loss }) => loss)], curves),
    7,
  );
  return chart(
    {
      description: `The laws of ${a.name} and ${b.name} against compute.`,
      x,
      y,
      width,
      height: small ? 380 : 460,
      marginRight: 20,
      subtitle: small
        ? "grey steps: compute B needs / C"
        : `steps: compute that B needs for the ${data.quantity ?? "loss"} of A, over C; shaded: 95 % bands`,
      legend: laws.map(({ law, color }) => ({ text: law.name, color })),
      labels: [
        ...crossingLabels(data.crossing, a, x, theme),
        ...at.map((entry): PointLabel => ratioLabel(entry, x, theme)),
      ],
      marks: [
        ...crossingMarks(data.crossing, x, y, theme),
        ...laws.flatMap(({ law, color, className }) => lawMarks(law, color, className, y, theme)),
        ...stepMarks(at, steps, x, theme),
      ],
    },
    options,
  );
};

const lawMarks = (law: ComparedLaw, color: string, className: string, y: Axis, theme: Theme): Plot.Markish[] => {
  const points = law.points ?? [];
  const end = points.reduce((high, point) => Math.max(high, point.x), 0);
  return [
    ...bandMarks(bandWithin(law.curve, y.domain), color, `band-${className}`),
    ...curveMarks(splitAt(law.curve, law.fittedTo ?? (end || Number.POSITIVE_INFINITY)), color, `law-${className}`),
    Plot.dot(points, {
      x: "x",
      y: "y",
      ...dotStyle(points.length),
      fill: color,
      stroke: theme.surface,
      className: `point-${className}`,
    }),
  ];
};

interface Step {
  readonly from: number;
  readonly to: number;
  readonly loss: number;
}

const stepOf = ({ compute, loss, ratio }: ComparedAt, reached: number): Step[] => {
  if (!given(ratio) || ratio * compute > reached * furthest || ratio < 1 / furthest) return [];
  return [{ from: compute, to: ratio * compute, loss }];
};

const stepMarks = (at: readonly ComparedAt[], steps: readonly Step[], x: Axis, theme: Theme): Plot.Markish[] => {
  const spreads = at.flatMap(({ compute, loss, ratioCi95 }) => {
    if (!given(ratioCi95)) return [];
    const [low, high] = ratioCi95.map((ratio) => ratio * compute) as [number, number];
    if (high < x.domain[0] || low > x.domain[1]) return [];
    return [{ loss, low: Math.max(low, x.domain[0]), high: Math.min(high, x.domain[1]) }];
  });
  return [
    Plot.ruleY(spreads, {
      y: "loss",
      x1: "low",
      x2: "high",
      stroke: theme.ink,
      strokeOpacity: 0.22,
      strokeWidth: 9,
      className: "ratio-interval",
    }),
    Plot.ruleY(steps, { y: "loss", x1: "from", x2: "to", stroke: theme.ink, strokeWidth: 1.5, className: "step" }),
    Plot.dot(at, {
      x: "compute",
      y: "loss",
      r: 3.5,
      fill: theme.surface,
      stroke: theme.ink,
      strokeWidth: 1.5,
      className: "asked",
    }),
    Plot.dot(steps, { x: "to", y: "loss", r: 3.5, fill: theme.ink, className: "reached" }),
  ];
};

/** Both curves fall, so there is room below them to the left and above them to the right. */
const ratioLabel = ({ compute, loss, ratio, ratioCi95 }: ComparedAt, x: Axis, theme: Theme): PointLabel => {
  const spread = given(ratioCi95) ? ` [${ratioCi95.map((end) => significant(end, 3)).join(", ")}]` : "";
  const text = given(ratio) ? `×\u2009${significant(ratio, 3)}${spread}` : "B never reaches this";
  const side = scaleOf(x, 0, 1)(compute) > 0.25 ? "left" : "right";
  return { x: compute, y: loss, text, color: theme.ink, side, lift: side === "left" ? -14 : 14 };
};

const crossingMarks = (crossing: Place | null | undefined, x: Axis, y: Axis, theme: Theme): Plot.Markish[] => {
  if (!given(crossing)) return [];
  const [low, high] = crossing.ci95 ?? [crossing.at, crossing.at];
  const [from, to] = [Math.max(low, x.domain[0]), Math.min(high, x.domain[1])];
  return [
    ...(from < to
      ? [
          Plot.rect([0], {
            x1: from,
            x2: to,
            y1: y.domain[0],
            y2: y.domain[1],
            fill: theme.muted,
            fillOpacity: 0.12,
            className: "crossing-interval",
          }),
        ]
      : []),
    ...(crossing.at >= x.domain[0] && crossing.at <= x.domain[1]
      ? [
          Plot.ruleX([crossing.at], {
            stroke: theme.muted,
            strokeDasharray: "2 3",
            strokeWidth: 1.25,
            className: "crossing",
          }),
        ]
      : []),
  ];
};

const crossingLabels = (crossing: Place | null | undefined, a: ComparedLaw, x: Axis, theme: Theme): PointLabel[] => {
  if (!given(crossing) || crossing.at < x.domain[0] || crossing.at > x.domain[1]) return [];
  const top = a.curve.reduce((high, point) => Math.max(high, point.y), 0);
  return [
    {
      x: crossing.at,
      y: top,
      text: `cross at ${scientific(crossing.at)}`,
      color: theme.muted,
      side: sideOf(x, crossing.at),
    },
  ];
};
