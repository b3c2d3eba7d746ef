import { predictPowerLaw, spaced } from "@isoflop/scaling";
import { askedMarks } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { line, type Point } from "../chart/marks.js";
import { logAxis, quantities } from "../chart/quantity.js";
import { listOf } from "../chart/several.js";
import { colourOf } from "./budgets.js";
import { heldOutAsked } from "./laws.js";
import { budgetsIn, type Training, tracesOf } from "./training.js";

/**
 * The lower envelope of training curves (Hoffmann et al. 2022, Approach 1): the least loss any curve has reached with
 * at most this compute. Points of equal compute count together.
 */
export const lowerEnvelope = (points: readonly Point[]): Point[] => {
  const envelope: Point[] = [];
  for (const point of [...points].sort((a, b) => a.x - b.x || a.y - b.y)) {
    const last = envelope.at(-1);
    if (last && point.y >= last.y) continue;
    // Compute is a product of floating-point numbers: equal amounts differ in the last bits.
    if (last && point.x <= last.x * (1 + 1e-9)) envelope.pop();
    envelope.push(point);
  }
  return envelope;
};

/**
 * Training loss of every run against compute spent, with the lower envelope, the law of the final validation loss and
 * the held-out compute. Compute along a curve is the run's FLOPs times the share of its tokens seen.
 */
export const envelopeFigure = (training: Training): Figure => {
  const { fit, heldOut } = training;
  const curves = tracesOf(training).map(({ run, points }) => ({
    C: run.C,
    points: points.map(({ x: tokens, ...point }) => ({ ...point, x: (run.flops * tokens) / run.D })),
  }));
  const budgets = budgetsIn(training);
  const points = curves.flatMap((curve) => curve.points);
  const envelope = lowerEnvelope(points);
  // A step holds until a better curve takes over, and to the right edge of what was spent.
  const last = points.reduce((most, { x }) => Math.max(most, x), 0);
  const steps = [...envelope, ...envelope.slice(-1).map(({ y }) => ({ x: last, y }))];
  const asked = listOf(heldOut).map(heldOutAsked);
  const reach = asked.reduce((most, { x }) => Math.max(most, x), last);
  const first = budgets[0]?.C ?? reach;
  const law = fit?.loss;
  const ofLaw = law?.ok ? spaced(first / 3, reach, 41).map((x) => ({ x, y: predictPowerLaw(law, x).value })) : [];
  const losses = [...points, ...ofLaw].map(({ y }) => y);
  const intervals = asked.flatMap(({ interval95 = [] }) => interval95);
  const caption = "Training loss of every run against the compute it had spent, and the lowest loss reached by then.";
  const drawing = chart(({ theme, small }) => {
    const colour = colourOf(theme, budgets);
    const compute = { ...quantities.C, label: "compute spent, FLOPs" };
    const y = logAxis({ label: "loss" }, [...losses, ...intervals], 7);
    return {
      description: `Training loss of ${curves.length} runs against compute, with their lower envelope.`,
      x: logAxis(compute, [...points.map(({ x }) => x), reach], small ? 4 : 8, 0.04),
      y,
      height: small ? 360 : 440,
      marginRight: 24,
      subtitle: small
        ? "solid: envelope; dashed: law of validation loss"
        : "thin: training runs by budget; solid: their lower envelope; dashed: law of the final validation loss",
      marks: [
        ...curves.map((curve) => line(curve.points, colour(curve.C), "curve", { strokeWidth: 1, strokeOpacity: 0.5 })),
        line(steps, theme.surface, "halo", { strokeWidth: 4, curve: "step-after" }),
        line(steps, theme.ink, "envelope", { strokeWidth: 1.75, curve: "step-after" }),
        line(ofLaw, theme.heldOut, "law", { strokeWidth: 1.5, strokeDasharray: "5 4" }),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    };
  });
  return figure(caption, drawing);
};
