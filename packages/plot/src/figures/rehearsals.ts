import { extent, type Flops, type Rehearsal } from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { chart, legendHeight } from "../chart/chart.js";
import { type Figure, figure } from "../chart/figure.js";
import { count, fixed, scientific, signedPercent } from "../chart/format.js";
import { dots, zeroLine } from "../chart/marks.js";
import { linearAxis, logAxis } from "../chart/quantity.js";
import { some } from "../error.js";

/** Half width of a 95 % interval in standard errors. */
const z95 = 1.959964;
/** Pixels between what was said from one budget and from the next. */
const apart = 9;
/** Further out than this an error is drawn at the edge: one run that went astray would squeeze all others. */
const edge = 6;

export interface RehearsalsFigureOptions {
  /** All budgets from small to large, which give the colours; those that were fitted up to, by default. */
  readonly budgets?: readonly Flops[];
}

/**
 * Errors of rehearsals in units of their intervals against how far they reached, coloured by the largest budget that was fitted: what lies in the band
 * was foreseen.
 */
export const rehearsalsFigure = (
  rehearsals: readonly Rehearsal[],
  { budgets = [] }: RehearsalsFigureOptions = {},
): Figure => {
  some("rehearsals", rehearsals, "rehearsal");
  const stages = [...new Set(rehearsals.map(({ upTo }) => upTo))].sort((a, b) => a - b);
  const ramp = stages.every((stage) => budgets.includes(stage)) ? budgets : stages;
  const points = rehearsals.flatMap(({ upTo, C, distance, runs }) =>
    runs.map(({ N, error, z }) => {
      const y = Math.max(-edge, Math.min(edge, z));
      const title = `fitted up to ${scientific(upTo)}, run at ${scientific(C)}, N ${count(N)}\n${signedPercent(Math.expm1(error))}, z ${fixed(z, 2)}`;
      return { C: upTo, x: distance, y, title };
    }),
  );
  const caption =
    "Rehearsals: the runs up to one budget foresee those of each larger one. Dots are runs, their errors in units of the interval, so that 95\u00A0% should lie in the band; those of one colour share their fit, and stand together.";
  const drawing = chart(({ theme, width, small }) => {
    const x = logAxis(
      { label: "compute foreseen, times the largest fitted" },
      points.map((point) => point.x),
      6,
      0.12,
    );
    const y = linearAxis(
      { label: "ln(measured / foreseen), in units of its error" },
      [-3, 3, ...points.map((p) => p.y)],
      7,
    );
    const colour = (stage: number) => theme.budget(ramp.indexOf(stage), ramp.length);
    const legend = stages.map((stage) => ({ text: `up to ${scientific(stage)}`, color: colour(stage) }));
    const band = { x1: x.domain[0], x2: x.domain[1], y1: -z95, y2: z95 };
    return {
      description: `Errors of ${points.length} runs that were foreseen from smaller budgets, ${extent(
        points.map((p) => p.x),
      )
        .map((d) => fixed(d, 1))
        .join(" to ")} times their compute, in units of their errors.`,
      x,
      y,
      legend,
      height:
        (small ? 320 : 360) +
        legendHeight(
          legend.map(({ text }) => text),
          width,
          small,
        ),
      subtitle: small ? "grey: ±1.96" : "grey: ±1.96, where 95 % should lie; colour: largest budget fitted, FLOPs",
      marks: [
        Plot.rect([band], { ...band, fill: theme.muted, fillOpacity: 0.14, className: "spread" }),
        zeroLine(theme),
        ...stages.map((stage, i) =>
          dots(
            points.filter(({ C }) => C === stage),
            theme,
            colour(stage),
            "rehearsed",
            {
              ...{
                dx: (i - (stages.length - 1) / 2) * apart,
                title: "title",
                r: 3.5,
                fillOpacity: 0.85,
                strokeWidth: 0.75,
              },
            },
          ),
        ),
      ],
    };
  });
  return figure(caption, drawing);
};
