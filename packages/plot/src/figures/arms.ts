import { extent, type IsoFlop, type IsoFlopLaw, lawCurve, spaced } from "@isoflop/scaling";
import { chart } from "../chart/chart.js";
import { type CurvePoint, curveMarks, rangeWithBand } from "../chart/curve.js";
import { type Figure, panels } from "../chart/figure.js";
import { reach } from "../chart/interval.js";
import { diamonds } from "../chart/marks.js";
import { logAxis, optimal, quantities } from "../chart/quantity.js";
import type { Draw } from "../chart/sheet.js";
import type { Theme } from "../chart/theme.js";
import { some } from "../error.js";
import { budgetsOf, verticesOf } from "./budgets.js";
import { beyond } from "./law-panel.js";

/** A fit among others. */
export interface ArmFit {
  readonly name: string;
  readonly fit: IsoFlop;
}

/** The colour of one of several arms: the second is as in a comparison of two. */
export const armColour = (theme: Theme, index: number): string =>
  index === 1 ? theme.heldOut : theme.scale([0.3, 0, 0.75, 0.05, 0.55, 0.95][index % 6]!);

/**
 * Optima of several fits against compute with their laws and bands, side by side: size and data. A law that was refused is left out.
 * @throws PlotInputError where there is none
 */
export const armsFigure = (arms: readonly ArmFit[]): Figure => {
  const draws = (["N", "D"] as const).flatMap((name) =>
    arms.some(({ fit }) => fit[name].ok) ? [lawsOf(arms, name)] : [],
  );
  some("arms", draws, "fitted law");
  const caption =
    "Optimal size and data against compute, with the law of each arm and its pointwise 95 % band; dashed beyond its largest budget.";
  return panels(caption, "Optimal size and data of every arm against compute.", draws, 1040, (width) =>
    width < 720 ? 1 : draws.length,
  );
};

const lawsOf = (arms: readonly ArmFit[], name: Exclude<IsoFlopLaw, "loss">): Draw => {
  const drawn = arms.flatMap(({ name: arm, fit }, index) => {
    const law = fit[name];
    if (!law.ok) return [];
    const optima = verticesOf(budgetsOf(fit)).map(({ C, [name]: y }) => ({ group: arm, x: C, y }));
    const [low, high] = extent(optima.map(({ x }) => x));
    const curve = lawCurve(law, spaced(low, beyond * high, 61)).map((point): CurvePoint & { group: string } => ({
      ...point,
      group: arm,
    }));
    return [{ arm, index, optima, curve }];
  });
  const curves = drawn.flatMap(({ curve }) => curve);
  const optima = drawn.flatMap((one) => one.optima);
  return chart(({ theme, width, small }) => {
    const seen = [...curves, ...optima];
    const x = logAxis(
      quantities.C,
      seen.map((point) => point.x),
      small ? 4 : 7,
      0.03,
    );
    const y = logAxis(
      optimal("loss")[name],
      rangeWithBand(
        seen.map((point) => point.y),
        curves,
      ),
      6,
    );
    return {
      description: `${y.label} of ${drawn.length} arms against compute.`,
      x,
      y,
      height: (small ? Math.round(width * 0.94) : 420) + (small ? 20 * drawn.length : 20),
      marginRight: 20,
      legend: drawn.map(({ arm, index }) => ({ text: arm, color: armColour(theme, index) })),
      marks: drawn.flatMap(({ index, optima, curve }) => {
        const color = armColour(theme, index);
        const style = { stroke: color, fill: color, name: "law", bandName: "band", domain: y.domain };
        return [
          ...curveMarks(curve, { ...style, fittedTo: reach(optima.map((point) => point.x)) }),
          diamonds(optima, theme, color, "optimum"),
        ];
      }),
    };
  });
};
