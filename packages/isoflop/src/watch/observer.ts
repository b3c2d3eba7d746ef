import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type RunSpec, SweepMeter, type SweepProgress } from "@isoflop/sweep";
import { MetricsFollower, type StoredRun, storedRun } from "@isoflop/sweep/node";
import { factsOf, holderWords, type Standing, standingOf } from "../runs-command/facts.js";
import { idsOf } from "../runs-command/users.js";
import { layoutOf } from "../study/layout.js";
import { type Manifest, manifestIn, readManifest, storeOf } from "../study/manifest.js";
import { type BudgetLosses, lossesOf, type Point } from "./losses.js";
import { plannedIn } from "./planned.js";

/** A run that nobody trains any more, and had been begun. */
export interface Left {
  readonly id: string;
  readonly budget?: number | undefined;
  readonly width?: number | undefined;
  readonly step: number;
  readonly of?: number | undefined;
  readonly standing: Extract<Standing, "killed" | "silent" | "stopped" | "unreadable">;
  /** Who had it, or why it cannot be read. */
  readonly why: string;
}

/** What can be seen of a study. */
export interface Seen {
  readonly name: string;
  readonly hash: string;
  readonly progress: SweepProgress;
  readonly left: readonly Left[];
  readonly losses: readonly BudgetLosses[];
  /** `idle`: it is not done, and nobody trains its runs. */
  readonly state: "running" | "idle" | "done";
}

interface Part {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What was seen of one of the studies that a study is made of. */
interface SeenPart {
  readonly left: readonly Left[];
  readonly points: readonly Point[];
  /** Budgets whose runs the study has not chosen yet. */
  readonly unknown: readonly { readonly id: string; readonly flops: number }[];
  readonly isOver: boolean;
}

/** The studies that a study is made of, or itself; one that has not begun has no manifest. @throws CliError for a file that is none */
const partsOf = (folder: string): readonly (Part | undefined)[] => {
  const manifest = manifestIn(folder);
  if (!manifest || manifest.arms.length === 0) return [manifest && { folder, manifest }];
  return manifest.arms.flatMap((arm) => partsOf(join(folder, arm.folder)));
};

/** Looks at a study from outside: reads manifest, store and logs, takes no lock and writes nothing. */
export class Observer {
  readonly #meter: SweepMeter;
  readonly #followers = new Map<string, MetricsFollower>();
  /** What has its end changes no more. */
  readonly #ended = new Map<string, StoredRun>();
  /** Stand for runs that are not chosen yet. */
  #unknown: readonly string[] = [];

  constructor(
    readonly folder: string,
    now?: () => number,
  ) {
    this.#meter = new SweepMeter([], now);
  }

  /** @throws CliError for a folder that is no study's, or no longer */
  async look(): Promise<Seen> {
    const { name, hash } = readManifest(this.folder);
    const parts: SeenPart[] = [];
    for (const id of this.#unknown) this.#meter.drop(id);
    const all = partsOf(this.folder);
    for (const part of all) if (part) parts.push(await this.#part(part));
    this.#unknown = parts.flatMap(({ unknown }) => unknown.map(({ id }) => id));
    for (const run of parts.flatMap(({ unknown }) => unknown)) this.#meter.add(run);
    const progress = this.#meter.progress();
    const isDone = parts.length === all.length && parts.every(({ isOver }) => isOver);
    return {
      ...{ name, hash, progress, left: parts.flatMap(({ left }) => left) },
      losses: lossesOf(parts.flatMap(({ points }) => points)),
      state: isDone ? "done" : progress.running.length > 0 ? "running" : "idle",
    };
  }

  async #part({ folder, manifest }: Part): Promise<SeenPart> {
    const { cells, heldOut } = plannedIn(manifest);
    const store = storeOf(folder, manifest);
    const usual = meanOf(cells.map(({ budget }) => budget));
    // Runs that are equal are one: then nobody knows which is which.
    const cellOf = (id: string) =>
      cells.length === manifest.runs.length ? cells[manifest.runs.indexOf(id)] : undefined;
    const left: Left[] = [];
    const points: Point[] = [];
    const runs: (StoredRun | undefined)[] = [];
    for (const id of idsOf(manifest)) {
      const cell = cellOf(id);
      const run = this.#ended.get(id) ?? (await storedRun(store, id));
      runs.push(run);
      points.push(...pointsOf(run, cell));
      if (run) left.push(...(await this.#follow(run)));
      else this.#meter.add({ id, flops: cell?.budget ?? usual });
    }
    // The grid is laid out once its learning rate is known, the held-out runs when they are predicted.
    const grid = manifest.runs.length === 0 ? cells : [];
    const unknown = [...grid.map(({ budget }) => budget), ...heldOut.slice(manifest.heldOut.length)].map(
      (flops, i) => ({ id: `${folder} unknown ${i}`, flops }),
    );
    points.push(...grid.flatMap((cell) => pointsOf(undefined, cell)));
    const changed = Math.max(0, ...runs.map((run) => run?.changed ?? 0));
    const ended = runs.every((run) => run !== undefined && this.#ended.has(run.id));
    return { left, points, unknown, isOver: ended && (unknown.length === 0 || hasSummed(folder, changed)) };
  }

  /** Tells the meter where a run stands. @returns what is to be said of one that nobody trains */
  async #follow(run: StoredRun): Promise<readonly Left[]> {
    const { id, record, steps, state } = run;
    if (this.#ended.has(id)) return [];
    const meter = this.#meter;
    const standing = standingOf(run);
    const { budget, width, of } = factsOf(run);
    if (record) meter.add({ id, spec: record.spec });
    else meter.add({ id, flops: budget ?? 0 });
    if (state === "done" || state === "failed") {
      this.#ended.set(id, run);
      this.#followers.delete(id);
      meter.end(id, state);
      if (record?.state === "done") meter.recall(record.spec, record.result.seconds);
      return [];
    }
    if (!record) return [{ id, budget, width, step: steps, of, standing: "unreadable", why: run.problem ?? "" }];
    if (standing === "running") {
      await this.#advance(run, record.spec);
      return [];
    }
    this.#followers.delete(id);
    meter.pause(id, record.spec, steps);
    return [{ id, budget, width, step: steps, of, standing: standing as Left["standing"], why: holderWords(run) }];
  }

  async #advance({ id, folder, steps, latest }: StoredRun, spec: RunSpec): Promise<void> {
    const known = this.#followers.get(id);
    const follower = known ?? new MetricsFollower(join(folder, "metrics.jsonl"));
    const added = await follower.read();
    const last = added.at(-1);
    if (known && last) this.#meter.advance(id, last.step + 1, added);
    if (known) return;
    // What it did before it was seen tells no speed.
    this.#followers.set(id, follower);
    this.#meter.begin(id, spec);
    this.#meter.advance(id, steps, latest ? [latest] : []);
  }
}

/** Whether a study has written what came of it after its last run changed. */
const hasSummed = (folder: string, changed: number): boolean => {
  const { summary } = layoutOf(folder);
  return existsSync(summary) && statSync(summary).mtimeMs >= changed;
};

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const pointsOf = (
  run: StoredRun | undefined,
  cell: { readonly budget: number; readonly width: number } | undefined,
): readonly Point[] => {
  const facts = run && factsOf(run);
  const { budget = cell?.budget, width = cell?.width, loss, of } = { ...facts };
  if (budget === undefined || width === undefined) return [];
  const standing = run ? standingOf(run) : "waiting";
  return [{ budget, width, standing, share: run && of ? run.steps / of : 0, loss }];
};
