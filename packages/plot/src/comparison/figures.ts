import type { Figure } from "../chart/figure.js";
import { scientific } from "../chart/format.js";
import { armsFigure } from "../figures/arms.js";
import { comparisonFigure } from "../figures/comparison.js";
import { computeRatioFigure } from "../figures/compute-ratio.js";
import { intervalsFigure } from "../figures/intervals.js";
import { slug } from "../page/slug.js";
import type { ComparedArm, ComparedLaw, ComparisonSummary } from "./record.js";
import { checksOf } from "./tables.js";
import { exponentNames } from "./words.js";

/** A figure with the name of its file. */
export interface NamedFigure {
  readonly name: string;
  readonly title: string;
  readonly figure: Figure;
}

/** Of each law that is held against the first both curves, and the ratio of compute. @param of a metric, in the names of files */
const pairFigures = ([, ...others]: readonly ComparedLaw[], quantity: string, of = "") =>
  others.flatMap(({ name: arm, comparison }, i) => {
    if (!comparison) return [];
    const nth = others.length > 1 ? `-${i + 2}` : "";
    const reached = comparison.ratios.some(({ value }) => value > 0 && Number.isFinite(value));
    const loss = {
      name: `optimal-${slug(quantity)}${nth}`,
      title: `Optimal ${quantity}`,
      figure: comparisonFigure(comparison),
    };
    const compute = reached && {
      name: `effective-compute${of}${nth}`,
      title: "Effective compute",
      figure: computeRatioFigure(comparison),
    };
    return [{ arm, comparison, loss, compute }];
  });

/** Every figure of a comparison that there is data for. */
export const comparisonFigures = ({ arms, metrics = [] }: ComparisonSummary) => {
  const pairs = pairFigures(arms, "loss");
  const byMetric = metrics.flatMap(({ title, laws }) =>
    pairFigures(laws, title, `-${slug(title)}`).map((pair) => ({ title, ...pair })),
  );
  const fits = arms.flatMap(({ name, summary: { fit } }) => (fit ? [{ name, fit }] : []));
  const optima: NamedFigure | false = fits.some(({ fit }) => fit.N.ok || fit.D.ok) && {
    name: "optima",
    title: "Optimal size and data",
    figure: armsFigure(fits),
  };
  return { pairs, byMetric, optima, exponents: exponentFigures(arms), checks: checksFigure(arms) };
};

const names = { N: "exponent of N* in C", D: "exponent of D* in C", loss: "exponent of L* − E in C" } as const;

const exponentFigures = (arms: readonly ComparedArm[]): NamedFigure[] =>
  exponentNames.flatMap((of) => {
    const rows = arms.flatMap(({ name, exponents = {} }) => {
      const { value, ci95 } = exponents[of] ?? { value: Number.NaN };
      const interval = ci95?.every(Number.isFinite) ? ci95 : undefined;
      return Number.isFinite(value) ? [{ name, value, ...(interval && { interval }) }] : [];
    });
    if (rows.length === 0) return [];
    const caption = `The ${names[of]} of every arm, with 95 % of the draws.`;
    const figure = intervalsFigure({ label: names[of] }, rows, { caption });
    return [{ name: `exponent-${of.toLowerCase()}`, title: names[of], figure }];
  });

/** Each measured loss in the interval that was foreseen for it, both in percent of the prediction. */
const checksFigure = (arms: readonly ComparedArm[]): NamedFigure | false => {
  const checks = checksOf(arms);
  const same = new Set(checks.map(({ C }) => scientific(C))).size === 1;
  const rows = checks.flatMap(({ name, size, C, value, interval95, measured }) => {
    if (!measured) return [];
    const percent = (loss: number) => 100 * (loss / value - 1);
    return [
      {
        name: [name, !same && `${scientific(C)} FLOPs`, size !== undefined && `${size} parameters`]
          .filter(Boolean)
          .join(", "),
        value: percent(measured.value),
        ...(interval95 && { interval: [percent(interval95[0]), percent(interval95[1])] as const }),
      },
    ];
  });
  if (rows.length === 0) return false;
  const caption =
    "What each arm held out: the dot is the measured loss, the bar the 95 % interval foreseen for it, both in percent of the prediction. A dot on its bar is a prediction that held.";
  const figure = intervalsFigure({ label: "measured − predicted, % of predicted" }, rows, {
    caption,
    reference: { at: 0, label: "predicted" },
  });
  return { name: "checks", title: "Held-out checks", figure };
};
