import type { LeftOut, Plan, Standing, SurfaceFit } from "@isoflop/scaling";
import { planNext, relativeWidth, standing } from "@isoflop/scaling";
import { type RunRecord, runId } from "@isoflop/sweep";
import { unsound } from "../exit.js";
import { type DoneRun, pointsOf } from "../runs/point.js";
import type { StudyFolder } from "../study/folder.js";
import type { Session } from "../study/session.js";
import { limitsOn, ofRuns, withTimes } from "./grounds.js";
import type { PlanAsked } from "./options.js";
import { type Recipe, recipeOf } from "./recipe.js";
import { type Known, keepRounds, knownOf, type PlannedRun, type Round, type Rounds, roundsOf } from "./record.js";

export interface RoundsAsked extends PlanAsked {
  /** Relative full width of the interval at which it is enough. */
  readonly until?: number;
  /** Rounds at most, those of earlier calls counted. */
  readonly rounds: number;
}

export interface RoundsOptions {
  readonly folder: StudyFolder;
  readonly asked: RoundsAsked;
  /** Opens devices when the first run is to be trained. Without it nothing is trained. */
  readonly open?: (() => Promise<Session>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how each round begins and ends. */
  readonly onRound?: ((event: RoundEvent) => void) | undefined;
}

export type RoundEvent =
  | { readonly kind: "planned" | "resumed"; readonly number: number; readonly of: number; readonly round: Round }
  | {
      readonly kind: "trained";
      readonly number: number;
      readonly spent: number;
      readonly failed: number;
      readonly after: Known;
    };

/** Why no more runs were planned. */
export interface Stopped {
  readonly reason: "certain" | "allowance" | "rounds" | "dry-run";
  readonly message: string;
}

export interface RoundsDone {
  readonly rounds: Rounds;
  readonly stopped: Stopped;
  /** How well the target is known now. */
  readonly now: Standing;
  /** The surface that the runs speak for most. */
  readonly surface: SurfaceFit;
  readonly leftOut: readonly LeftOut[];
  /** What was planned last: by this call, if it planned. */
  readonly plan?: Plan;
  /** The runs that would be trained first. */
  readonly next: readonly PlannedRun[];
  readonly done: readonly DoneRun[];
  readonly spent: number;
}

/**
 * Plans with the runs of a folder, trains the planned ones by their recipe, and plans again with what they say, until the target is
 * certain enough, or allowance or rounds are spent. Every round plans for all that is left and trains the cheaper part of it, so that
 * the dear runs are decided with the most knowledge. What is planned is written down before it is trained: called again after an
 * interruption, it goes on with the very same runs.
 * @throws CliError where there is no recipe or no fit, the signal's reason when stopped
 */
export const runRounds = async ({ folder, asked, open, signal, onRound }: RoundsOptions): Promise<RoundsDone> => {
  const target = { C: asked.target, quantity: asked.optimum };
  const unit = asked.cost ?? "FLOPs";
  let rounds = roundsOf(folder, { target, unit });
  let session: Session | undefined;
  let plan: Plan | undefined;
  const train = async (number: number): Promise<void> => {
    const round = rounds.rounds[number - 1]!;
    session ??= await open!();
    const records = await session.train(round.runs.map(({ spec }) => spec));
    signal?.throwIfAborted();
    const spent = spentOn(round, records, unit);
    rounds = { ...rounds, rounds: rounds.rounds.with(number - 1, { ...round, spent }) };
    await keepRounds(folder, rounds);
    const failed = records.filter(({ state }) => state === "failed").length;
    const { now } = await whatIsKnown(folder, asked);
    onRound?.({ kind: "trained", number, spent, failed, after: knownOf(now) });
  };
  try {
    for (;;) {
      const number = rounds.rounds.length;
      const unfinished = rounds.rounds.at(-1);
      if (unfinished && unfinished.spent === undefined && open) {
        onRound?.({ kind: "resumed", number, of: asked.rounds, round: unfinished });
        await train(number);
      }
      const last = rounds.rounds.at(-1);
      const known = await whatIsKnown(folder, asked);
      const { done, grounds, recipe, now } = known;
      const spent = rounds.rounds.reduce((sum, round) => sum + (round.spent ?? costOf(round.runs)), 0);
      const pending =
        last && last.spent === undefined ? last.runs.filter(({ id }) => !done.some((run) => run.id === id)) : [];
      const outcome = {
        rounds,
        now,
        surface: grounds.from[0]!.fit,
        leftOut: grounds.leftOut,
        done,
        spent,
        ...(plan && { plan }),
        next: [],
      };
      if (!open && pending.length > 0)
        return {
          ...outcome,
          next: pending,
          stopped: { reason: "dry-run", message: "a round is not done; nothing was trained" },
        };
      const { until } = asked;
      if (until !== undefined && now.width <= until)
        return { ...outcome, stopped: { reason: "certain", message: `the interval is ${share(now.width)} wide` } };
      if (rounds.rounds.length >= asked.rounds)
        return { ...outcome, stopped: { reason: "rounds", message: `${asked.rounds} rounds are done` } };
      const left = asked.allowance - spent;
      const planned = left > 0 ? planWithin(known, asked, left) : `all ${asked.allowance} are spent`;
      if (typeof planned === "string") return { ...outcome, stopped: { reason: "allowance", message: planned } };
      plan = planned;
      const runs = firstOf(plan, 1 / (asked.rounds - rounds.rounds.length), recipe, await taken(folder, rounds));
      if (runs.length === 0)
        return {
          ...outcome,
          plan,
          stopped: { reason: "allowance", message: "what is left pays for no run that helps" },
        };
      if (!open)
        return { ...outcome, plan, next: runs, stopped: { reason: "dry-run", message: "nothing was trained" } };
      const round: Round = { from: done.length, before: knownOf(now), promised: promisedBy(plan), runs };
      rounds = { ...rounds, rounds: [...rounds.rounds, round] };
      await keepRounds(folder, rounds);
      onRound?.({ kind: "planned", number: rounds.rounds.length, of: asked.rounds, round });
      await train(rounds.rounds.length);
    }
  } finally {
    session?.close();
  }
};

const share = (width: number): string => `${Number((100 * width).toPrecision(3))} %`;

/** The folder's runs, what they allow, and how well they know the target. */
const whatIsKnown = async (folder: StudyFolder, asked: RoundsAsked) => {
  const done = await folder.done();
  const recipe = recipeOf(done, asked.ladder);
  const runs = withTimes(pointsOf(done), done);
  const grounds = ofRuns(runs, asked);
  const now = standing(grounds.from, { C: asked.target, quantity: asked.optimum });
  if (!now.ok) throw unsound(`${now.reason}: ${now.message}`);
  return { done, grounds, recipe, now, runs };
};

/** A plan for what is left, or why there is none. */
const planWithin = (
  { grounds: { from, times }, recipe, runs }: Awaited<ReturnType<typeof whatIsKnown>>,
  asked: RoundsAsked,
  allowance: number,
): Plan | string => {
  const outcome = planNext(from, {
    ...limitsOn({ runs, recipe }, asked),
    target: { C: asked.target, quantity: asked.optimum },
    allowance,
    times: times?.ok ? times : undefined,
  });
  if (outcome.ok) {
    const { ok: _, ...plan } = outcome;
    return plan;
  }
  // What is spent down to less than a run is spent.
  if (outcome.reason === "unreachable" && allowance < asked.allowance) return outcome.message;
  throw unsound(`${outcome.reason}: ${outcome.message}`);
};

const promisedBy = ({ interval, spread }: Plan): Known => ({
  interval: interval.planned,
  width: relativeWidth(interval.planned),
  spread: spread.planned,
});

const costOf = (runs: readonly PlannedRun[]): number => runs.reduce((sum, { cost }) => sum + cost, 0);

/** Seconds are those that were measured; a run that failed took what was planned for it. */
const spentOn = ({ runs }: Round, records: readonly RunRecord[], unit: Rounds["unit"]): number =>
  runs.reduce((sum, { id, cost }) => {
    const record = records.find((one) => one.id === id);
    return sum + (unit === "seconds" && record?.state === "done" ? record.result.seconds : cost);
  }, 0);

/** Seeds that a width has been trained with, wherever: runs of one width and seed begin with the same weights. */
type Taken = ReadonlyMap<number, ReadonlySet<number>>;

const taken = async (folder: StudyFolder, { rounds }: Rounds): Promise<Taken> => {
  const found = new Map<number, Set<number>>();
  const specs = [...(await folder.store.list()), ...rounds.flatMap(({ runs }) => runs)].map(({ spec }) => spec);
  for (const { model, seed } of specs) found.set(model.width, (found.get(model.width) ?? new Set()).add(seed));
  return found;
};

/** The cheapest of the planned runs, for such a part of what all of them cost, each with a seed of its own. */
const firstOf = (plan: Plan, part: number, recipe: Recipe, before: Taken): PlannedRun[] => {
  const seeds = new Map([...before].map(([width, used]) => [width, new Set(used)]));
  const all = plan.runs
    .flatMap((run) => Array.from({ length: run.count }, () => run))
    .sort((a, b) => a.cost - b.cost || a.N - b.N);
  const out: PlannedRun[] = [];
  let spent = 0;
  for (const { N, steps, cost } of all) {
    if (out.length > 0 && spent + cost > part * plan.cost * (1 + 1e-9)) break;
    const { config } = recipe.sizes.find((size) => size.N === N)!;
    const used = seeds.get(config.width) ?? new Set();
    let seed = 0;
    while (used.has(seed)) seed++;
    seeds.set(config.width, used.add(seed));
    const spec = recipe.specOf({ N, steps: steps!, seed });
    out.push({ id: runId(spec), spec, cost });
    spent += cost;
  }
  return out;
};
