import * as Plot from "@observablehq/plot";
import { scientific } from "../format.js";
import { extent, logBetween } from "../range.js";
import { axis, lossAxis } from "./axis.js";
import { budgetsOf, colourOf } from "./budgets.js";
import { chart, type Drawing, type FigureOptions, themeOf } from "./chart.js";
import { evaluate, heldOutMarks } from "./law.js";
import { type StudyWithCurves, tracesOf } from "./loss-curves.js";

interface ComputePoint {
  readonly compute: number;
  readonly loss: number;
}

/**
 * The lower envelope of training curves (Hoffmann et al. 2022, Approach 1): the least loss any curve has reached with
 * at most this compute. Points of equal compute count together.
 */
export const lowerEnvelope = (curves: readonly (readonly ComputePoint[])[]): ComputePoint[] => {
  const all = curves.flat().sort((a, b) => a.compute - b.compute || a.loss - b.loss);
  const envelope: ComputePoint[] = [];
  for (const point of all) {
    const last = envelope.at(-1);
    if (last && point.loss >= last.loss) continue;
    // Compute is a product of floating-point numbers: equal amounts differ in the last bits.
    if (last && point.compute <= last.compute * (1 + 1e-9)) envelope.pop();
    envelope.push(point);
  }
  return envelope;
};

/**
 * Training loss of every run against compute spent, with the lower envelope, the law of the final validation loss and
 * the held-out budget. Compute along a curve is the run's FLOPs times the share of its tokens seen.
 */
export const envelopeDrawing = (study: StudyWithCurves, options: FigureOptions): Drawing => {
  const theme = themeOf(options);
  const width = options.width ?? 760;
  const small = width < 480;
  const budgets = budgetsOf(study);
  const colour = colourOf(theme, budgets);
  const curves = tracesOf(study).map(({ run, trace }) => ({
    run,
    points: trace.at.map((tokens, i) => ({ compute: (run.flops * tokens) / run.tokens, loss: trace.value[i]! })),
  }));
  const envelope = lowerEnvelope(curves.map(({ points }) => points));
  const end = envelope.at(-1);
  // A step holds until a better curve takes over, and to the right edge of what was spent.
  const last = curves.reduce((most, { points: own }) => Math.max(most, own.at(-1)?.compute ?? 0), 0);
  const steps = end ? [...envelope, { compute: last, loss: end.loss }] : [];
  const points = curves.flatMap((curve) => curve.points);
  const [first] = extent(budgets.map(({ budget }) => budget));
  const reach = Math.max(last, study.heldOut?.budget ?? 0);
  const line = study.laws
    ? Array.from({ length: 41 }, (_, i) => {
        const compute = logBetween(first / 3, reach, i / 40);
        return { compute, loss: evaluate(study.laws!.loss, compute) };
      })
    : [];
  const heldOut = study.heldOut ? [...study.heldOut.interval95] : [];
  const x = axis({
    label: "compute spent, FLOPs (log)",
    values: [...points.map((point) => point.compute), reach],
    type: "log",
    format: (v) => scientific(v),
    ticks: small ? 4 : 8,
    pad: 0.04,
  });
  const y = lossAxis({
    label: "loss (log)",
    values: [...points.map((point) => point.loss), ...line.map((point) => point.loss), ...heldOut],
    type: "log",
    ticks: 7,
  });
  const place = { x: "compute", y: "loss" } as const;
  return chart(
    {
      description: `Training loss of ${curves.length} runs against compute, with their lower envelope.`,
      x,
      y,
      width,
      height: small ? 360 : 440,
      marginRight: 24,
      subtitle: small
        ? "solid: envelope; dashed: law of validation loss"
        : "thin: training runs by budget; solid: their lower envelope; dashed: law of the final validation loss",
      marks: [
        ...curves.map(({ run, points: curve }) =>
          Plot.line(curve, {
            ...place,
            stroke: colour(run.budget),
            strokeWidth: 1,
            strokeOpacity: 0.5,
            className: "curve",
          }),
        ),
        Plot.line(steps, { ...place, stroke: theme.surface, strokeWidth: 4, curve: "step-after" }),
        Plot.line(steps, {
          ...place,
          stroke: theme.ink,
          strokeWidth: 1.75,
          curve: "step-after",
          className: "envelope",
        }),
        ...(line.length > 0
          ? [
              Plot.line(line, {
                ...place,
                stroke: theme.heldOut,
                strokeWidth: 1.5,
                strokeDasharray: "5 4",
                className: "law",
              }),
            ]
          : []),
        ...(study.heldOut ? heldOutMarks(study.heldOut, theme, y.domain[0]) : []),
      ],
    },
    options,
  );
};
