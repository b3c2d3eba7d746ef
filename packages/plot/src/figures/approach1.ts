import { type Approach1, extent, type FitPrediction, predictApproach1, spaced } from "@isoflop/scaling";
import { chart } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { count, plural, significant } from "../chart/format.js";
import { line, type Point } from "../chart/marks.js";
import { logAxis, optimal, quantities } from "../chart/quantity.js";
import { some } from "../error.js";
import { beyond, type LawPanel, lawPanels } from "./law-panel.js";
import { askedOf, askedWords, lawNames } from "./laws.js";

/** Dots of an envelope that are drawn. */
const drawnPoints = 150;

/** Evenly chosen among very many. */
const evenly = (points: readonly Point[]): readonly Point[] => {
  const step = Math.ceil(points.length / drawnPoints);
  return points.filter((_, i) => i % step === 0 || i === points.length - 1);
};

/** Training curves against compute, those that lead in the colour of their size, with their envelope. */
export const approach1Figure = (fit: Approach1): Figure => {
  some("fit.curves", fit.curves, "training curve");
  const sizes = [...new Set(fit.curves.map(({ N }) => N))].sort((a, b) => a - b);
  const all = fit.curves.flatMap(({ points }) => points);
  const compute = { ...quantities.C, label: "compute spent, FLOPs" };
  const what = fit.quantity === "loss" ? "loss" : fit.quantity;
  const { leaders, curves } = fit;
  const caption = `${plural(curves.length, "training curve")} against the compute they had spent, ${leaders} of them on the lower envelope between neighbours of the next size. The envelope is the black line; curves that do not touch it are grey.`;
  const drawing = chart(({ theme, small }) => {
    const colour = (N: number) => theme.budget(sizes.indexOf(N), sizes.length);
    const drawn = curves.map(({ N, points, share }) =>
      line(
        points.map(({ C, loss }) => ({ x: C, y: loss })),
        share > 0 ? colour(N) : theme.muted,
        "curve",
        { strokeWidth: share > 0 ? 1.25 : 0.75, strokeOpacity: share > 0 ? 0.9 : 0.4 },
      ),
    );
    const envelope = evenly(fit.points.map(({ C, loss }) => ({ x: C, y: loss })));
    return {
      description: `Training ${what} of ${curves.length} models against compute, with their lower envelope.`,
      x: logAxis(
        compute,
        all.map(({ C }) => C),
        small ? 4 : 8,
        0.04,
      ),
      y: logAxis(
        { label: what },
        all.map(({ loss }) => loss),
        7,
      ),
      height: small ? 360 : 440,
      marginRight: 24,
      subtitle: `colour: model size, from ${count(sizes[0]!)} to ${count(sizes.at(-1)!)} parameters`,
      marks: [
        ...drawn,
        line(envelope, theme.surface, "halo", { strokeWidth: 4 }),
        line(envelope, theme.ink, "envelope", { strokeWidth: 1.75 }),
      ],
    };
  });
  return figure(caption, drawing);
};

/** The laws through an envelope, with their bands over resampled curves and what was asked. */
export const approach1LawsFigure = (
  fit: Approach1,
  { asked = [] }: { readonly asked?: readonly FitPrediction[] } = {},
): Figure => {
  const computes = [...fit.points.map(({ C }) => C), ...asked.map(({ given }) => given.C!)];
  const [first, last] = extent(computes);
  const [, largest] = extent(fit.points.map(({ C }) => C));
  const xs = spaced(first, asked.length > 0 ? last : beyond * largest, 61);
  const predictions = xs.map((x) => ({ x, answer: predictApproach1(fit, x) }));
  const panels = lawNames.map((name): LawPanel => {
    const curve = predictions.flatMap(({ x, answer }) => {
      if (!answer.ok) return [];
      const { value, ci95 } = answer.predicted[name];
      return [{ x, y: value, ...(ci95 && { ci95 }) }];
    });
    return {
      title: `exponent ${significant(fit[name].exponent.value)}`,
      x: quantities.C,
      y: optimal(fit.quantity)[name],
      curve,
      fittedTo: largest,
      points: evenly(fit.points.map(({ C, [name]: y }) => ({ x: C, y }))),
      asked: asked.map(({ given, predicted }) => askedOf(given.C!, predicted[name]!)),
    };
  });
  const bands = fit.bootstrap.ok ? " Grey: 95 % over resampled curves; dashed: beyond the data." : "";
  const caption = `The envelope against compute and the power laws through it.${asked.length > 0 ? ` ${askedWords}` : bands}`;
  return lawPanels(caption, "The three laws of the envelope against compute.", panels);
};
