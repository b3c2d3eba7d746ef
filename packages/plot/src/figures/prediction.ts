import * as Plot from "@observablehq/plot";
import { scientific, signedPercent } from "../format.js";
import { given } from "../study/check.js";
import type { Laws, StudyNumbers } from "../study/types.js";
import { axis, lossAxis } from "./axis.js";
import { budgetsOf, colourOf, interiorOptima } from "./budgets.js";
import { chart, type Drawing, type FigureOptions, type PointLabel, themeOf } from "./chart.js";
import { z95 } from "./isoflop.js";
import { evaluate, heldOutMarks } from "./law.js";
import { percentAxis, zeroLine } from "./percent.js";

type Fitted = StudyNumbers & { laws: Laws };

/** Loss at every fitted optimum against the law's value there, and the held-out budget; the diagonal is agreement. */
export const predictedMeasuredDrawing = (study: Fitted, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 480;
  const budgets = budgetsOf(study);
  const colour = colourOf(theme, budgets);
  const points = interiorOptima(budgets).map((optimum) => ({
    predicted: evaluate(study.laws.loss, optimum.budget),
    measured: optimum.loss,
    budget: optimum.budget,
  }));
  const { predictedLoss, interval95, measuredLoss, measuredStdErr } = study.heldOut ?? {};
  const held =
    given(predictedLoss) && given(interval95) && given(measuredLoss)
      ? [
          {
            predicted: predictedLoss,
            measured: measuredLoss,
            low: interval95[0],
            high: interval95[1],
            spread: z95 * (measuredStdErr ?? 0),
          },
        ]
      : [];
  const values = [
    ...points.flatMap((point) => [point.predicted, point.measured]),
    ...held.flatMap(({ measured, low, high, spread }) => [measured - spread, measured + spread, low, high]),
  ];
  const x = lossAxis({ label: "predicted loss", values, type: "linear", ticks: 6 });
  const y = { ...x, label: "measured loss" };
  const labels: PointLabel[] = [
    ...points.map((point) => ({
      x: point.predicted,
      y: point.measured,
      text: scientific(point.budget),
      color: colour(point.budget),
      side: "left" as const,
    })),
    ...held.map((point) => ({ x: point.high, y: point.measured, text: "held out", color: theme.heldOut, bold: true })),
  ];
  return chart(
    {
      description: "Measured loss against predicted loss; the diagonal is perfect agreement.",
      x,
      y,
      labels,
      width,
      height: Math.round(width * 0.9),
      marks: [
        Plot.line(
          x.domain.map((v) => [v, v]),
          { stroke: theme.muted, strokeDasharray: "2 4", className: "diagonal" },
        ),
        Plot.ruleY(held, {
          y: "measured",
          x1: "low",
          x2: "high",
          stroke: theme.heldOut,
          strokeOpacity: 0.3,
          strokeWidth: 10,
          className: "interval",
        }),
        Plot.ruleX(held, {
          x: "predicted",
          y1: (d: (typeof held)[number]) => d.measured - d.spread,
          y2: (d: (typeof held)[number]) => d.measured + d.spread,
          stroke: theme.heldOut,
          strokeWidth: 1.5,
        }),
        Plot.dot(points, {
          x: "predicted",
          y: "measured",
          symbol: "diamond2",
          r: 5,
          fill: (d: { budget: number }) => colour(d.budget),
          stroke: theme.surface,
          strokeWidth: 1.25,
          className: "optimum",
        }),
        Plot.dot(held, {
          x: "predicted",
          y: "measured",
          r: 4.5,
          fill: theme.heldOut,
          stroke: theme.surface,
          strokeWidth: 1.5,
          className: "measured",
        }),
      ],
      subtitle: "diamonds: fitted optima; bar: 95 % prediction interval",
    },
    options,
  );
};

/** Deviation of every optimum from the law in percent against compute; the held-out budget with its interval. */
export const residualDrawing = (study: Fitted, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 480;
  const budgets = budgetsOf(study);
  const colour = colourOf(theme, budgets);
  const off = (measured: number, predicted: number) => measured / predicted - 1;
  const points = interiorOptima(budgets).map(({ budget, loss }) => ({
    budget,
    residual: off(loss, evaluate(study.laws.loss, budget)),
  }));
  const row = study.heldOut ?? undefined;
  const relative = row && {
    budget: row.budget,
    predictedLoss: 0,
    interval95: [off(row.interval95[0], row.predictedLoss), off(row.interval95[1], row.predictedLoss)] as const,
    measuredLoss: given(row.measuredLoss) ? off(row.measuredLoss, row.predictedLoss) : null,
    measuredStdErr: (row.measuredStdErr ?? 0) / row.predictedLoss,
  };
  const measured = relative?.measuredLoss ?? null;
  const values = [
    0,
    ...points.map((point) => point.residual),
    ...(relative ? relative.interval95 : []),
    ...(relative && measured !== null ? [-1, 1].map((s) => measured + s * z95 * relative.measuredStdErr) : []),
  ];
  const computes = [...points.map((point) => point.budget), ...(row ? [row.budget] : [])];
  const x = axis({
    label: "compute C, FLOPs (log)",
    values: computes,
    type: "log",
    format: (v) => scientific(v),
    ticks: 5,
    pad: 0.12,
  });
  const y = percentAxis(
    axis({
      label: "measured − predicted, % of predicted",
      values,
      type: "linear",
      format: String,
      ticks: 6,
      pad: 0.12,
    }),
  );
  const labels: PointLabel[] =
    relative && measured !== null
      ? [
          {
            x: relative.budget,
            y: measured,
            text: signedPercent(measured),
            color: theme.heldOut,
            side: "left",
            bold: true,
          },
        ]
      : [];
  return chart(
    {
      description: "Deviation of measured from predicted loss, in percent, against compute.",
      x,
      y,
      labels,
      width,
      height: Math.round(width * 0.9),
      marks: [
        zeroLine(theme),
        Plot.dot(points, {
          x: "budget",
          y: "residual",
          symbol: "diamond2",
          r: 5,
          fill: (d: { budget: number }) => colour(d.budget),
          stroke: theme.surface,
          strokeWidth: 1.25,
          className: "optimum",
        }),
        ...(relative ? heldOutMarks(relative, theme) : []),
      ],
      subtitle: "tick: prediction; dot: measured; bars: 95 % intervals",
    },
    options,
  );
};
