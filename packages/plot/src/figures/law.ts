import * as Plot from "@observablehq/plot";
import { count, fixed, scientific } from "../format.js";
import { extent, logBetween } from "../range.js";
import { given } from "../study/check.js";
import type { HeldOut, Law, Laws, StudyNumbers } from "../study/types.js";
import type { Theme } from "../theme.js";
import { type AxisOptions, axis, lossAxis } from "./axis.js";
import { budgetsOf, colourOf, heldOutRuns, interiorOptima } from "./budgets.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "./chart.js";
import { z95 } from "./isoflop.js";

export type LawName = keyof Laws;

export const lawNames: readonly LawName[] = ["params", "tokens", "loss"];

/** y(C) = coefficient · C^exponent + floor. */
export const evaluate = (law: Law, compute: number): number =>
  law.coefficient * compute ** law.exponent + (law.floor ?? 0);

export interface LawFigureOptions extends FigureOptions {
  /** What stands in the place of the loss, e.g. a metric that was minimised. */
  readonly quantity?: string;
}

const quantityOf = (name: LawName, { tokenUnit = "tokens", quantity = "loss" }: LawFigureOptions): string =>
  ({ params: "optimal model size, parameters", tokens: `optimal data, ${tokenUnit}`, loss: `optimal ${quantity}` })[
    name
  ];

/** Exponents of the loss are an order of magnitude smaller than those of size and data. */
export const exponentDecimals = (name: LawName): number => (name === "loss" ? 4 : 3);

/** E.g. "exponent 0.568, 95 % [0.550, 0.590]". */
export const exponentText = (name: LawName, law: Law): string => {
  const [middle, low, high] = [law.exponent, ...law.ci95].map((value) => fixed(value, exponentDecimals(name)));
  return `exponent ${middle}, 95 % [${low}, ${high}]`;
};

/**
 * One law against compute on log axes: the optima it was fitted to, the law (dashed where it extrapolates), its 95 %
 * band where one is given, and the held-out budget: for the loss, prediction with interval and the measured point.
 */
export const lawDrawing = (study: StudyNumbers & { laws: Laws }, name: LawName, options: LawFigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 380;
  const law = study.laws[name];
  const budgets = budgetsOf(study);
  const colour = colourOf(theme, budgets);
  const points = interiorOptima(budgets);
  const heldOut = study.heldOut ?? undefined;
  const trained = name === "loss" ? [] : heldOutRuns(study);
  const measured = [...points.map((point) => point.budget), ...(heldOut ? [heldOut.budget] : [])];
  // A law alone, without the optima it came from, is drawn where its band is.
  const computes = measured.length > 0 ? measured : (law.band ?? []).map((point) => point.compute);
  const x = axis({
    label: "compute C, FLOPs (log)",
    values: computes,
    type: "log",
    format: (v) => scientific(v),
    ticks: 5,
    pad: 0.12,
  });
  const band = (law.band ?? []).filter((point) => point.compute >= x.domain[0] && point.compute <= x.domain[1]);
  const line = Array.from({ length: 65 }, (_, i) => {
    const compute = logBetween(...x.domain, i / 64);
    return { compute, value: evaluate(law, compute) };
  });
  const fittedTo = points.length > 0 ? extent(points.map((point) => point.budget))[1] : Number.POSITIVE_INFINITY;
  const values = [
    ...points.map((point) => point[name]),
    ...line.map((point) => point.value),
    ...band.flatMap((point) => [point.low, point.high]),
    ...trained.map((run) => run[name]),
    ...(name === "loss" && heldOut ? heldOutValues(heldOut).filter((value) => value > 0) : []),
  ];
  const yOptions: Omit<AxisOptions, "format"> = {
    label: `${quantityOf(name, options)} (log)`,
    values,
    type: "log",
    ticks: 6,
  };
  const y = name === "loss" ? lossAxis(yOptions) : axis({ ...yOptions, format: (v) => count(v) });

  const guide = { x: "compute", y: "value", stroke: theme.ink, strokeWidth: 1.5 } as const;
  const marks: Plot.Markish[] = [
    ...(band.length > 1
      ? [
          Plot.areaY(band, {
            x: "compute",
            y1: "low",
            y2: "high",
            fill: theme.muted,
            fillOpacity: 0.18,
            className: "band",
          }),
        ]
      : []),
    Plot.line(
      line.filter((point) => point.compute <= fittedTo * 1.0001),
      { ...guide, className: "law" },
    ),
    Plot.line(
      line.filter((point) => point.compute >= fittedTo),
      { ...guide, strokeDasharray: "5 4", className: "extrapolation" },
    ),
    Plot.dot(points, {
      x: "budget",
      y: name,
      r: 5,
      symbol: "diamond2",
      fill: (d: { budget: number }) => colour(d.budget),
      stroke: theme.surface,
      strokeWidth: 1.25,
      className: "optimum",
    }),
    Plot.dot(trained, {
      x: "budget",
      y: name,
      r: 4.5,
      fill: theme.surface,
      stroke: theme.heldOut,
      strokeWidth: 2,
      className: "trained",
    }),
    ...(name === "loss" && heldOut ? heldOutMarks(heldOut, theme, y.domain[0]) : []),
  ];
  const labels: PointLabel[] = [];
  if (heldOut && name === "loss") {
    const at = heldOut.measuredLoss ?? heldOut.predictedLoss;
    const text = given(heldOut.measuredLoss) ? "measured" : "predicted";
    labels.push({ x: heldOut.budget, y: at, text, color: theme.heldOut, side: "left", bold: true });
  } else if (trained[0]) {
    labels.push({
      x: trained[0].budget,
      y: trained[0][name],
      text: "held out",
      color: theme.heldOut,
      side: "left",
      bold: true,
    });
  }
  return chart(
    {
      description: `${quantityOf(name, options)} against compute: ${exponentText(name, law)}.`,
      x,
      y,
      marks,
      labels,
      width,
      height: Math.round(width * 0.94),
      subtitle: exponentText(name, law),
    },
    options,
  );
};

const heldOutValues = ({ interval95, measuredLoss, measuredStdErr }: HeldOut): number[] => [
  ...interval95,
  ...(given(measuredLoss)
    ? [measuredLoss - z95 * (measuredStdErr ?? 0), measuredLoss + z95 * (measuredStdErr ?? 0)]
    : []),
];

/** A horizontal tick as wide as the bar of the interval, and a little more. */
export const tick = {
  draw(context: CanvasPath) {
    context.moveTo(-9, 0);
    context.lineTo(9, 0);
  },
};

/**
 * Prediction interval as a broad bar, prediction as a tick, the measured loss with its own 95 % bar on top. A bar ends at
 * `lowest`: on a log axis it could reach below zero, and would not be drawn at all.
 */
export const heldOutMarks = (heldOut: HeldOut, theme: Theme, lowest = Number.NEGATIVE_INFINITY): Plot.Markish[] => {
  const { budget, predictedLoss, interval95, measuredLoss, measuredStdErr } = heldOut;
  const spread = z95 * (measuredStdErr ?? 0);
  return [
    Plot.ruleX([budget], {
      y1: interval95[0],
      y2: interval95[1],
      stroke: theme.heldOut,
      strokeOpacity: 0.3,
      strokeWidth: 12,
      className: "interval",
    }),
    Plot.dot([budget], {
      x: [budget],
      y: [predictedLoss],
      symbol: tick,
      stroke: theme.heldOut,
      strokeWidth: 2,
      className: "predicted",
    }),
    ...(given(measuredLoss)
      ? [
          Plot.ruleX([budget], {
            y1: Math.max(lowest, measuredLoss - spread),
            y2: measuredLoss + spread,
            stroke: theme.heldOut,
            strokeWidth: 1.5,
            className: "spread",
          }),
          Plot.dot([budget], {
            x: [budget],
            y: [measuredLoss],
            r: 4.5,
            fill: theme.heldOut,
            stroke: theme.surface,
            strokeWidth: 1.5,
            className: "measured",
          }),
        ]
      : []),
  ];
};
