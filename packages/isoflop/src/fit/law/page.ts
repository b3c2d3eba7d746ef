import { type FittedLaw, fitResidualsFigure, fittedLawFigure, type LawPoint } from "@isoflop/plot";
import { evaluateBroken, evaluateSaturating } from "@isoflop/scaling";
import { drawn, drawnNote } from "../../page/drawn.js";
import type { Page } from "../../page/page.js";
import { BEYOND, largest, smallest, spaced } from "../../range.js";
import { num } from "../../words/numbers.js";
import { drawable, lawCurve } from "./curves.js";
import type { Law, LawDocument, LoadedPoints } from "./fit.js";

/** Names of the two columns, for the axes. */
export interface LawNames {
  readonly x: string;
  readonly y: string;
}

/** The law with its data and, from five points on, its residuals; a refused fit has only its text. */
export const lawPage = (document: LawDocument, { rows }: Pick<LoadedPoints, "rows">, names: LawNames): Page => ({
  title: `${names.y} against ${names.x}`,
  figures: document.fit ? figuresOf(document, document.fit, rows, names) : [],
});

/** Fewer residuals than this are read from the law itself. */
const RESIDUALS = 5;

const figuresOf = (document: LawDocument, law: Law, rows: readonly number[], names: LawNames): Page["figures"] => {
  const { x, y } = document.data;
  const figure = fittedLawOf(document, law, names);
  const residuals = {
    points: drawn(x.map((_, i) => i)).map((i) => ({
      measured: y[i]!,
      predicted: valueAt(law, x[i]!),
      at: x[i]!,
      label: `row ${rows[i]}`,
    })),
    at: figure.x,
    quantity: names.y,
    standardDeviation: residualSpread(law, x, y),
  };
  return [
    {
      draw: (options) => fittedLawFigure(figure, options),
      caption: `${captionOf(law, figure.curve)}${drawnNote(x, "points")}`,
    },
    x.length >= RESIDUALS && {
      draw: (options) => fitResidualsFigure(residuals, options),
      caption: `ln(measured / predicted) of every point. A trend is structure that this form does not have.${drawnNote(x, "points")}`,
    },
  ];
};

/** The law over its data, a decade beyond and as far as `to`. */
export const fittedLawOf = ({ data, status }: LawDocument, law: Law, names: LawNames, to = 0): FittedLaw => {
  const xs = spaced(smallest(data.x), Math.max(BEYOND * largest(data.x), to));
  const floor = law.kind === "power" ? undefined : law.floor;
  const floorInterval = floor && drawable(floor.ci95);
  return {
    title: equation(law, names),
    x: { label: names.x },
    y: { label: names.y },
    points: drawn(data.x.map((x, i) => ({ x, y: data.y[i]! }))),
    curve: lawCurve(law, xs),
    ...(floor && floor.value > 0 && { floor: { at: floor.value, ...(floorInterval && { ci95: floorInterval }) } }),
    ...(law.kind === "broken" &&
      status !== "unidentified" && {
        breaks: law.breaks.map(({ at }) => {
          const ci95 = drawable(at.ci95);
          return { at: at.value, ...(ci95 && { ci95 }) };
        }),
      }),
  };
};

const valueAt = (law: Law, x: number): number =>
  law.kind === "power"
    ? Math.exp(law.logCoefficient.value + law.exponent.value * Math.log(x))
    : law.kind === "saturating"
      ? evaluateSaturating(law, x)
      : evaluateBroken(law, x);

/** Of ln y about the law, whichever scale it was fitted on; null without degrees of freedom. */
const residualSpread = (law: Law, x: readonly number[], y: readonly number[]): number | null => {
  const free = law.kind === "broken" ? law.points - law.theta.length : law.degreesOfFreedom;
  const squares = x.reduce((sum, at, i) => sum + Math.log(y[i]! / valueAt(law, at)) ** 2, 0);
  return free > 0 ? Math.sqrt(squares / free) : null;
};

/** The formula with its numbers, short enough for the head of a figure. */
const equation = (law: Law, { x, y }: LawNames): string => {
  const term = (exponent: number) => `${num(law.coefficient.value, 4)}·${x}^${num(exponent, 4)}`;
  if (law.kind === "power") return `${y} = ${term(law.exponent.value)}`;
  if (law.kind === "saturating") return `${y} = ${num(law.floor.value, 4)} + ${term(-law.exponent.value)}`;
  const slopes = [-law.exponent.value];
  for (const { slope } of law.breaks) slopes.push(slopes.at(-1)! - slope.value);
  return `slopes ${slopes.map((slope) => num(slope, 3)).join(", then ")}`;
};

const captionOf = (law: Law, curve: readonly LawPoint[]): string => {
  const band = curve.some(({ low }) => low !== undefined) ? " Grey: pointwise 95 % band." : "";
  const floor = law.kind !== "power" && law.floor.value > 0 ? " Dotted across: the floor with its 95 % interval." : "";
  const breaks = law.kind === "broken" ? " Dotted upright: the breaks with their 95 % intervals." : "";
  return `The points and the law through them, dashed beyond the largest.${band}${floor}${breaks}`;
};
