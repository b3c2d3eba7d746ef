import { basename } from "node:path";
import { type ComparedLaw, comparisonFigure } from "@isoflop/plot";
import { shown } from "../files/read.js";
import { drawable, lawCurve } from "../fit/law/curves.js";
import type { Page } from "../page/page.js";
import { BEYOND, largest, smallest, spaced } from "../range.js";
import { LOSS } from "../words/quantity.js";
import type { ComparisonDocument, Side } from "./compare.js";

/** A crossing or an effective compute further away than this factor is told in words. */
const NEAR = 1e4;

/** Both laws with their data, the crossing and the effective compute at every compute asked. */
export const comparisonPage = (document: ComparisonDocument): Page => {
  const { a, b, at, crossing } = document;
  const data = [...a.points.C, ...b.points.C, ...at.map(({ C }) => C)];
  const [low, high] = [smallest(data), largest(data)];
  const needed = at.map(({ C, effectiveCompute }) => C * effectiveCompute.value).filter((C) => C < NEAR * high);
  const meets = crossing.ok && crossing.C > low / NEAR && crossing.C < high * NEAR ? [crossing.C] : [];
  const xs = spaced(
    smallest([low, ...meets.map((C) => C / 2), ...needed.filter((C) => C > low / NEAR)]),
    largest([...needed, ...meets.map((C) => 2 * C), BEYOND * largest([...a.points.C, ...b.points.C]), high]),
  );
  const [nameA, nameB] = namesOf(a, b);
  const quantity = document.choices.quantity ?? LOSS;
  const figure = {
    quantity,
    a: comparedLaw(a, nameA, xs),
    b: comparedLaw(b, nameB, xs),
    at: at.map(({ C, a: loss, effectiveCompute }) => {
      const { value, ci95 } = effectiveCompute;
      const ratioCi95 = drawable(ci95);
      return {
        compute: C,
        loss,
        ratio: Number.isFinite(value) && value > 0 ? value : null,
        ...(ratioCi95 && { ratioCi95 }),
      };
    }),
    ...(crossing.ok && { crossing: { at: crossing.C, ci95: crossing.ci95 } }),
  };
  return {
    title: "Two laws",
    figures: [
      {
        draw: (options) => comparisonFigure(figure, options),
        caption:
          "The two laws with their pointwise 95 % bands, dashed beyond their own data; dots are what each was fitted to. From each open dot on A a line leads to the compute at which B is as good: the number is that compute over C, with its 95 % interval as the pale bar. Shaded upright: where the laws cross, at 95 %.",
      },
    ],
  };
};

/** Names of the files, or A and B in front where they are alike. */
const namesOf = (a: Side, b: Side): [string, string] => {
  const [one, other] = [a, b].map(({ input }) => basename(shown(input.file))) as [string, string];
  return [`A: ${one}`, `B: ${other}`];
};

const comparedLaw = ({ law, largest: fittedTo, points }: Side, name: string, xs: readonly number[]): ComparedLaw => ({
  name,
  curve: lawCurve(law, xs),
  points: points.C.map((x, i) => ({ x, y: points.loss[i]! })),
  fittedTo,
});
