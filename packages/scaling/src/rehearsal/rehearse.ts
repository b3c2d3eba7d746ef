import { type Budget, groupByBudget } from "../isoflop/group.js";
import type { Interval, Loss, Predicted, Run } from "../types.js";
import type { Rehearsal } from "./record.js";

/** Says of any run what some others foresee; undefined where they are too few. */
export type Foresight = (fitted: readonly Run[]) => ((run: Run) => Predicted | undefined) | undefined;

/** Budgets nearer than the first factor are hardly an extrapolation, further than the second more of one than anybody asks for. */
const NEAREST = 1.5;
const FURTHEST = 12;
/** The curvature of a law needs three of them. */
export const FEWEST_BUDGETS = 3;
/** Half a 95 % interval of a normal, in standard deviations. */
const Z95 = 1.959963984540054;

/** Runs of any compute are no budgets; these have as many runs, in the mean. */
const RUNS_PER_BUDGET = 3;
/** More fits than this tell little that is new, and each costs as much as the fit itself. */
const MOST_STAGES = 8;

/** The budgets from which larger ones can be foreseen, by number: as many fits has a rehearsal. The largest of them where there are many. */
export const stagesOf = (budgets: readonly Budget[]): readonly number[] => {
  const runs = budgets.reduce((s, budget) => s + budget.runs.length, 0);
  if (runs < RUNS_PER_BUDGET * budgets.length) return [];
  return budgets
    .flatMap((from, i) => (i + 1 >= FEWEST_BUDGETS && budgets.some((to) => isAhead(from, to)) ? [i] : []))
    .slice(-MOST_STAGES);
};

const isAhead = (from: Budget, to: Budget): boolean => to.C >= NEAREST * from.C && to.C <= FURTHEST * from.C;

/** The whole procedure on the runs up to each inner budget, and what it says of each larger one; a step for each fit. */
export function* rehearsed(runs: readonly Run[], foresight: Foresight): Generator<undefined, Rehearsal[]> {
  const budgets = groupByBudget(runs);
  const out: Rehearsal[] = [];
  for (const i of stagesOf(budgets)) {
    const from = budgets[i]!;
    const fitted = budgets.slice(0, i + 1).flatMap((budget) => budget.runs);
    const foresee = foresight(fitted);
    yield;
    if (!foresee) continue;
    for (const to of budgets.filter((budget) => isAhead(from, budget))) {
      const said = to.runs.flatMap((run) => {
        const one = foresee(run);
        const error = one?.interval95 && errorOf(run.loss, one.value, one.interval95);
        return error && Number.isFinite(error.z) ? [{ N: run.N, ...error }] : [];
      });
      if (said.length === 0) continue;
      out.push({
        upTo: from.C,
        points: fitted.length,
        C: to.C,
        distance: to.C / from.C,
        halfWidth: said.reduce((s, { half }) => s + half, 0) / said.length,
        runs: said.map(({ N, error, z }) => ({ N, error, z })),
      });
    }
  }
  return out;
}

const errorOf = (loss: Loss, value: Loss, interval95: Interval) => {
  const [low, middle, high] = [interval95[0], value, interval95[1]].map(Math.log) as [number, number, number];
  const error = Math.log(loss) - middle;
  return { error, z: (Z95 * error) / (error > 0 ? high - middle : middle - low), half: (high - low) / 2 };
};

/** How rehearsals went: how many runs were foreseen, which share lay within its interval, and the root mean square of their errors in its units. */
export const rehearsalScore = (
  rehearsals: readonly Pick<Rehearsal, "runs">[],
): { readonly runs: number; readonly inside: number; readonly rms: number } => {
  const z = rehearsals.flatMap(({ runs }) => runs.map((run) => run.z));
  return {
    runs: z.length,
    inside: z.filter((v) => Math.abs(v) <= Z95).length / z.length,
    rms: Math.sqrt(z.reduce((s, v) => s + v * v, 0) / z.length),
  };
};
