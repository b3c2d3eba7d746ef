import { grouped } from "../math/grouped.js";
import type { Run } from "../types.js";

/** Anything that has a run in it. */
interface OfRun {
  readonly run: Run;
}

/** Whether labels name studies, each of several sizes, and not single runs. */
export const labelsNameStudies = (runs: readonly Run[]): boolean => {
  const labels = [...grouped(runs, ({ label }) => label).values()];
  return labels.length > 1 && labels.some((some) => some.some(({ N }) => N !== some[0]!.N));
};

/** Runs that one law could join: those with equal further predictors, and of one label where labels name studies. */
export const kindsOf = <T extends OfRun>(points: readonly T[]): readonly (readonly T[])[] => {
  const studies = labelsNameStudies(points.map(({ run }) => run));
  if (!studies && points.every(({ run }) => run.inputs === undefined)) return [points];
  const keyOf = ({ inputs = {}, label }: Run) => JSON.stringify([studies ? label : 0, Object.entries(inputs).sort()]);
  return [...grouped(points, ({ run }) => keyOf(run)).values()];
};

/** Points by size ascending, those of equal size together. */
export const sizesOf = <T extends OfRun>(points: readonly T[]): readonly (readonly T[])[] =>
  [...grouped(points, ({ run }) => run.N)].sort(([a], [b]) => a - b).map(([, size]) => size);
