import { predictPowerLaw, spaced } from "@isoflop/scaling";
import { askedMarks } from "../chart/asked.js";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { line } from "../chart/marks.js";
import { logAxis, quantities } from "../chart/quantity.js";
import type { Drawing, Sheet } from "../chart/sheet.js";
import { colourOf } from "./budgets.js";
import { heldOutAsked } from "./laws.js";
import { budgetsIn, type Training, tracesOf } from "./training.js";

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
 * the held-out compute. Compute along a curve is the run's FLOPs times the share of its tokens seen.
 */
export const envelopeFigure = (training: Training): Figure => {
  const curves = tracesOf(training).map(({ run, trace }) => ({
    C: run.C,
    points: trace.at.map((tokens, i) => ({ compute: (run.flops * tokens) / run.D, loss: trace.value[i]! })),
  }));
  const caption = "Training loss of every run against the compute it had spent, and the lowest loss reached by then.";
  return figure(caption, 760, (sheet) => envelopeDrawing(curves, training, sheet));
};

interface Curve {
  readonly C: number;
  readonly points: readonly ComputePoint[];
}

const envelopeDrawing = (curves: readonly Curve[], training: Training, sheet: Sheet): Drawing => {
  const { theme, small } = sheet;
  const { fit, heldOut } = training;
  const law = fit?.loss;
  const budgets = budgetsIn(training);
  const colour = colourOf(theme, budgets);
  const envelope = lowerEnvelope(curves.map(({ points }) => points));
  const end = envelope.at(-1);
  // A step holds until a better curve takes over, and to the right edge of what was spent.
  const last = curves.reduce((most, { points }) => Math.max(most, points.at(-1)?.compute ?? 0), 0);
  const steps = end ? [...envelope, { compute: last, loss: end.loss }] : [];
  const points = curves.flatMap((curve) => curve.points);
  const asked = heldOut ? [heldOutAsked(heldOut)] : [];
  const reach = asked.reduce((most, { x }) => Math.max(most, x), last);
  const first = budgets[0]?.C ?? reach;
  const ofLaw = law?.ok
    ? spaced(first / 3, reach, 41).map((compute) => ({ compute, loss: predictPowerLaw(law, compute).value }))
    : [];
  const intervals = asked.flatMap(({ interval95 = [] }) => interval95);
  const computes = [...points.map(({ compute }) => compute), reach];
  const x = logAxis({ ...quantities.C, label: "compute spent, FLOPs" }, computes, small ? 4 : 8, 0.04);
  const y = logAxis({ label: "loss" }, [...[...points, ...ofLaw].map(({ loss }) => loss), ...intervals], 7);
  const place = { x: "compute", y: "loss" } as const;
  return chart(
    {
      description: `Training loss of ${curves.length} runs against compute, with their lower envelope.`,
      x,
      y,
      height: small ? 360 : 440,
      marginRight: 24,
      subtitle: small
        ? "solid: envelope; dashed: law of validation loss"
        : "thin: training runs by budget; solid: their lower envelope; dashed: law of the final validation loss",
      marks: [
        ...curves.map(({ C, points: curve }) =>
          line(curve, place, colour(C), "curve", { strokeWidth: 1, strokeOpacity: 0.5 }),
        ),
        line(steps, place, theme.surface, "halo", { strokeWidth: 4, curve: "step-after" }),
        line(steps, place, theme.ink, "envelope", { strokeWidth: 1.75, curve: "step-after" }),
        line(ofLaw, place, theme.heldOut, "law", { strokeWidth: 1.5, strokeDasharray: "5 4" }),
        ...askedMarks(asked, theme, y.domain[0]),
      ],
    },
    sheet,
  );
};
