import {
  extent,
  type FitPrediction,
  type HyperparameterFit,
  type HyperparameterLaw,
  hyperparameterAt,
  predictorValues,
  spaced,
} from "@isoflop/scaling";
import * as Plot from "@observablehq/plot";
import { chart } from "../chart/chart.js";
import { type Figure, panels } from "../chart/figure.js";
import { significant } from "../chart/format.js";
import { known } from "../chart/interval.js";
import { dots, line, zeroLine } from "../chart/marks.js";
import { type AxisQuantity, linearAxis, logAxis, percentAxis, quantities } from "../chart/quantity.js";
import { refused, some } from "../error.js";
import { type LawPanel, lawPanels } from "./law-panel.js";
import { askedOf, askedWords } from "./laws.js";

export interface HyperparameterFigureOptions {
  readonly asked?: readonly FitPrediction[];
}

type Numbers = Readonly<Record<string, number>>;

const axes: Readonly<Record<string, AxisQuantity>> = quantities;

/**
 * The law of one hyperparameter against each of its predictors, side by side: the optima moved along the law to where the other predictors
 * have their geometric mean, with their intervals.
 * @throws PlotInputError where the fit has no such law
 */
export const hyperparameterFigure = (
  fit: HyperparameterFit,
  name: string,
  { asked = [] }: HyperparameterFigureOptions = {},
): Figure => {
  const law = fit.laws[name];
  if (!law) throw refused("fit.laws", name, `one of ${Object.keys(fit.laws).join(", ")}`);
  const points = fit.cells.map(({ at, optimum }) => ({ values: predictorValues(law, at), best: optimum?.[name] }));
  some("fit.cells", points, "cell");
  const middle = Object.fromEntries(
    law.predictors.map((text) => {
      const logs = points.map(({ values }) => Math.log(values[text]!));
      return [text, Math.exp(logs.reduce((sum, v) => sum + v, 0) / logs.length)];
    }),
  );
  const others =
    law.predictors.length > 1 ? " moved along the law to where the other predictors are in the middle," : "";
  const measured = points.some(({ best }) => best) ? `The optima${others} and the law through them.` : "The law.";
  const caption =
    asked.length > 0
      ? `${measured} ${askedWords}`
      : `${measured} Bars: 95 % intervals. Grey: pointwise 95 % band; dashed: beyond the data.`;
  const questions = asked.map(({ given, predicted }) => ({
    values: predictorValues(law, given),
    answer: predicted[name]!,
  }));
  const drawn = law.predictors.map((text): LawPanel => {
    const moved = (values: Numbers) =>
      hyperparameterAt(law, { ...middle, [text]: values[text]! }).value / hyperparameterAt(law, values).value;
    const found = points.flatMap(({ values, best }) =>
      best ? [{ x: values[text]!, best, factor: moved(values) }] : [],
    );
    const marks = questions.map(({ values, answer }) => {
      const factor = moved(values);
      const scaled = (ends: readonly [number, number] | undefined) =>
        ends && ([ends[0] * factor, ends[1] * factor] as const);
      const { value, ci95, interval95 } = answer;
      return askedOf(values[text]!, {
        value: value * factor,
        ...(ci95 && { ci95: scaled(ci95)! }),
        ...(interval95 && { interval95: scaled(interval95)! }),
      });
    });
    const seen = points.map(({ values }) => values[text]!);
    const [low, high] = extent([...seen, ...marks.map(({ x }) => x)]);
    return {
      title: titleOf(law, text),
      x: axes[text] ?? { label: text },
      y: { label: `best ${name}` },
      curve: spaced(low / 1.2, high * 1.2, 41).map((at) => {
        const { value, ci95 } = hyperparameterAt(law, { ...middle, [text]: at });
        return { x: at, y: value, ci95: known(ci95) };
      }),
      fittedTo: extent(seen)[1],
      points: found.map(({ x, best, factor }) => ({ x, y: best.value * factor })),
      bars: found.flatMap(({ x, best: { ci95 }, factor }) =>
        known(ci95) ? [{ x, low: ci95[0] * factor, high: ci95[1] * factor }] : [],
      ),
      asked: marks,
    };
  });
  return lawPanels(caption, `The best ${name} against ${law.predictors.join(" and ")}.`, drawn);
};

const titleOf = ({ exponents }: HyperparameterLaw, text: string): string => {
  const { value, ci95 } = exponents[text]!;
  return `exponent ${significant(value, 3)}, 95 % [${ci95.map((end) => significant(end, 3)).join(", ")}]`;
};

/**
 * Every run of the sweeps in its basin: by which factor its hyperparameter was off, and what that cost above the least loss of its cell,
 * with the parabola of the fit. One panel per hyperparameter.
 * @throws PlotInputError where there are no sweeps
 */
export const basinFigure = (fit: HyperparameterFit): Figure => {
  const { sensitivity, scale, cells, laws } = fit;
  if (!sensitivity) throw refused("fit.sensitivity", sensitivity, "a fit of sweeps");
  const names = Object.keys(laws);
  const draws = names.map((name) => {
    const points = cells.flatMap(({ at, values, losses, loss, optimum }) => {
      if (loss === undefined) return [];
      const best = optimum?.[name]?.value ?? hyperparameterAt(laws[name]!, predictorValues(laws[name]!, at)).value;
      return losses.map((one, i) => ({
        x: values[name]![i]! / best,
        y: scale === "log" ? Math.log(one / loss) : one - loss,
      }));
    });
    some("fit.cells", points, "cell with a minimum");
    const { curvature } = sensitivity[name]!;
    return chart(({ theme, width, small }) => {
      const x = logAxis(
        { label: `${name} / best ${name}` },
        [...points.map((point) => point.x), 0.5, 2],
        small ? 5 : 7,
      );
      const parabola = spaced(...x.domain, 61).map((at) => ({ x: at, y: curvature.value * Math.log(at) ** 2 }));
      const heights = [...points.map((point) => point.y), ...parabola.map((point) => point.y)];
      const label = scale === "log" ? "ln loss above the least, %" : "loss above the least";
      const y = scale === "log" ? percentAxis(label, heights, 6, 0.06) : linearAxis({ label }, heights, 6, 0.06);
      return {
        description: `${points.length} runs: what being off the best ${name} costs.`,
        x,
        y,
        height: small ? Math.round(width * 0.9) : 400,
        subtitle: `κ ${significant(curvature.value, 3)}: a factor of two costs ${costOf(sensitivity[name]!.factor2.value, scale)}`,
        marks: [
          Plot.ruleX([0.5, 2], { stroke: theme.muted, strokeDasharray: "2 3", className: "factor-of-two" }),
          zeroLine(theme),
          line(parabola, theme.ink, "basin", { strokeWidth: 1.75 }),
          dots(points, theme, theme.scale(0.45), "run"),
        ],
      };
    });
  });
  const caption = `Every run by how far it was off${names.length > 1 ? ", one hyperparameter at a time; the other was off too" : ""}, above the least loss of its cell. Dotted: a factor of two.`;
  const columns = (width: number) => (width < 720 ? 1 : names.length);
  return panels(
    caption,
    `What being off the best ${names.join(" and ")} costs.`,
    draws,
    names.length > 1 ? 1040 : 760,
    columns,
  );
};

const costOf = (value: number, scale: "raw" | "log"): string =>
  scale === "log" ? `${significant(100 * value, 3)}\u00A0%` : significant(value, 3);
