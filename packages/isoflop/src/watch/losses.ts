import type { Flops } from "@isoflop/flops";
import { percentDone } from "../progress/texts.js";
import type { Standing } from "../runs-command/facts.js";
import { budgetWords } from "../study/progress.js";
import { sparkline } from "../words/sparkline.js";

/** One run's part in the picture: what it has come to at its budget and size. */
export interface Point {
  readonly budget: Flops;
  readonly width: number;
  readonly standing: Standing | "waiting";
  /** Share of its steps. */
  readonly share: number;
  readonly loss?: number | undefined;
}

/** The best that is known of a size at a budget. */
interface Size {
  readonly width: number;
  readonly loss?: number;
  readonly said: string;
}

/** What a budget has come to, smallest size first. */
export interface BudgetLosses {
  readonly budget: Flops;
  readonly sizes: readonly Size[];
  /** Width of the least loss so far. */
  readonly best?: number;
}

const standingWords = ({ standing, share }: Point): string => {
  if (standing === "waiting") return "·";
  return standing === "running" ? percentDone(share) : standing;
};

const sizeOf = (width: number, points: readonly Point[]): Size => {
  const losses = points.flatMap(({ loss }) => loss ?? []);
  const furthest = points.reduce((best, point) => (point.share > best.share ? point : best));
  if (losses.length === 0) return { width, said: standingWords(furthest) };
  const loss = Math.min(...losses);
  return { width, loss, said: loss.toFixed(4) };
};

const groupedBy = <T>(items: readonly T[], key: (item: T) => number): [number, readonly T[]][] => {
  const groups = new Map<number, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => a - b);
};

/** The losses so far: the best of each size at each budget. */
export const lossesOf = (points: readonly Point[]): readonly BudgetLosses[] =>
  groupedBy(points, ({ budget }) => budget).map(([budget, at]) => {
    const sizes = groupedBy(at, ({ width }) => width).map(([width, of]) => sizeOf(width, of));
    const known = sizes.filter(({ loss }) => loss !== undefined);
    const best = known.reduce<Size | undefined>(
      (least, size) => (least && least.loss! <= size.loss! ? least : size),
      undefined,
    );
    return { budget, sizes, ...(best && { best: best.width }) };
  });

/** A line for each budget: the valley as bars, and each width with its loss; the least is marked. */
export const lossLines = (losses: readonly BudgetLosses[]): readonly string[] => {
  const names = losses.map(({ budget }) => budgetWords(budget));
  const name = Math.max(0, ...names.map(({ length }) => length));
  const curve = Math.max(0, ...losses.map(({ sizes }) => sizes.length));
  return losses.map(({ sizes, best }, i) => {
    const cells = sizes.map(({ width, said }) => `${width}: ${said}${width === best ? "*" : ""}`);
    return `  ${names[i]!.padEnd(name)}  ${sparkline(sizes.map(({ loss }) => loss)).padEnd(curve)}  ${cells.join("  ")}`;
  });
};
