import { extent } from "@isoflop/scaling";
import { clock } from "../progress/texts.js";
import { num, percent, plural, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import type { StudyPlanDocument } from "./study.js";

type Row = StudyPlanDocument["runs"][number];

const bytes = (n: number): string => (n >= 2 ** 30 ? `${num(n / 2 ** 30, 3)} GiB` : `${num(n / 2 ** 20, 3)} MiB`);

const amount = (n: number): string => (n < 0.01 ? num(n, 2) : n.toLocaleString("en", { maximumSignificantDigits: 3 }));

const fromTo = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  low === high ? amount(low) : `${amount(low)} to ${amount(high)}`;

/** What a study trains, and what it costs here and elsewhere. */
export const studyPlanWords = (plan: StudyPlanDocument): Words => {
  const { name, hash, data, notes, tune, runs, heldOut, counts, totalFlops, here, mfu, deviceHours, budgets } = plan;
  const title = `${[name, hash].filter(Boolean).join(" ")}: ${plural(runs.length, "run")} on ${data.source}, ${batches(runs)} images a step`;
  return [
    { notes: [title, ...notes] },
    tune && { title: "Tuning the learning rate", ...cellsTable(tune) },
    { ...(tune && { title: "Fitted" }), ...rowsTable(runs) },
    heldOut.length > 0 && {
      notes: heldOut.map(
        ({ budget, size, from, to, memory }) =>
          `held out at ${round(budget)} FLOPs: ${size}, N ${num(from, 4)} to ${num(to, 4)}; the largest takes ${bytes(memory.state)} in mixed precision and ${bytes(memory.activationsPerImage)} an image`,
      ),
    },
    budgets.length > 1 && { title: "By budget", ...budgetsTable(plan) },
    `${num(totalFlops.all)} FLOPs in all; N ${counts.N}, D ${counts.D}, C "${counts.C}"; memory: ${counts.memory}`,
    here && hereWords(here),
    {
      ...table(
        [`at ${percent(mfu, 0)} of peak`, "arithmetic", "device-hours", "dollars", "kWh", "images at once"],
        deviceHours.map(({ device, arithmetic, hours: spent, dollars, kilowattHours, images }) => [
          ...[device, arithmetic, amount(spent)],
          dollars ? fromTo(dollars) : "–",
          kilowattHours === undefined ? "–" : amount(kilowattHours),
          images === 0 ? "none" : images.toLocaleString("en"),
        ]),
      ),
      notes: [
        "images at once: of a step of the largest model, what fits beside it in mixed precision; a batch takes as many such parts, or devices, as it needs",
        ...new Set(deviceHours.flatMap(({ device, price }) => (price === undefined ? [] : [`${device}: ${price}`]))),
      ],
    },
  ];
};

/** What each budget asks for. */
const budgetsTable = ({ budgets, heldOut, totalFlops }: StudyPlanDocument): Pick<Passage, "table"> => {
  const share = (flops: number) => percent(flops / totalFlops.all, flops / totalFlops.all < 0.01 ? 2 : 0);
  const range = ([low, high]: readonly [number, number]) =>
    low === high ? num(low, 3) : `${num(low, 3)} to ${num(high, 3)}`;
  return table(
    ["C, FLOPs", "runs", "FLOPs in all", "of all", "N", "images", "steps", "largest, mixed"],
    [
      ...budgets.map(({ budget, runs, flops, sizes, images, steps, memory }) => [
        ...[round(budget), String(runs), num(flops, 3), share(flops)],
        ...[range(sizes), range(images), range(steps), bytes(memory.state)],
      ]),
      ...heldOut.map(({ budget, count, from, to, memory }) => [
        ...[`${round(budget)}, held out`, String(count), num(count * budget, 3), share(count * budget)],
        ...[range([from, to]), "–", "–", bytes(memory.state)],
      ]),
    ],
  );
};

const hereWords = ({ seconds, speed, atOnce }: NonNullable<StudyPlanDocument["here"]>): string => {
  const [slow, fast] = speed.map(({ flopsPerSecond }) => `${num(flopsPerSecond / 1e9, 3)} GFLOP/s`);
  const held = seconds.heldOut > 0 ? `, ${clock(seconds.heldOut)} held out` : "";
  return `about ${clock(seconds.all)} on this machine: ${clock(seconds.fitted)} for the fit, ${plural(atOnce, "run")} at once${held}; measured ${slow} at the smallest size and ${fast ?? slow} at the largest; pictures are not in it`;
};

const rowsTable = (rows: readonly Row[]): Pick<Passage, "table"> =>
  table(
    ["C, FLOPs", "size", "N", "D", "steps", "rounding", "memory", "mixed", "per image"],
    rows.map(({ budget, name, params, tokens, steps, roundingError, memoryBytes, mixedBytes }) => [
      ...[round(budget), name, num(params, 4), num(tokens, 4), String(steps), percent(roundingError, 4)],
      ...[memoryBytes, mixedBytes.state, mixedBytes.activationsPerImage].map(bytes),
    ]),
  );

/** Runs that differ in their learning rate alone, as one. */
const cellsTable = (rows: readonly Row[]): Pick<Passage, "table"> => {
  const cells = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.budget} ${row.name}`;
    cells.set(key, [...(cells.get(key) ?? []), row]);
  }
  return table(
    ["C, FLOPs", "size", "N", "D", "steps", "learning rates"],
    [...cells.values()].map((cell) => {
      const [{ budget, name, params, tokens, steps }] = cell as [Row];
      const rates = cell.map(({ learningRate }) => num(learningRate, 3)).join(", ");
      return [round(budget), name, num(params, 4), num(tokens, 4), String(steps), rates];
    }),
  );
};

/** "16" or "8 to 32". */
const batches = (runs: readonly Row[]): string => {
  const [low, high] = extent(runs.map(({ batch }) => batch));
  return low === high ? `${low}` : `${low} to ${high}`;
};
