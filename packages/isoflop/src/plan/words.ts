import { extent } from "@isoflop/scaling";
import { num, percent, plural, round } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import type { PaperPlanDocument } from "./paper.js";
import type { StudyPlanDocument } from "./study.js";

const head = ["C, FLOPs", "size", "N", "D", "steps", "rounding"];

interface Row {
  readonly budget: number;
  readonly name: string;
  readonly params: number;
  readonly tokens: number;
  readonly steps: number;
  readonly roundingError: number;
}

const cells = ({ budget, name, params, tokens, steps, roundingError }: Row): string[] => [
  round(budget),
  name,
  num(params, 4),
  num(tokens, 4),
  String(steps),
  percent(roundingError, 4),
];

const bytes = (n: number): string => (n >= 2 ** 30 ? `${num(n / 2 ** 30, 3)} GiB` : `${num(n / 2 ** 20, 3)} MiB`);

const hours = (n: number): string => n.toLocaleString("en", { maximumSignificantDigits: 3 });

/** "16" or "8 to 32". */
const batches = (runs: StudyPlanDocument["runs"]): string => {
  const [low, high] = extent(runs.map(({ batch }) => batch));
  return low === high ? `${low}` : `${low} to ${high}`;
};

/** A study that can be trained here. */
export const studyPlanWords = ({
  name,
  hash,
  data,
  notes,
  runs,
  heldOut,
  counts,
  totalFlops,
}: StudyPlanDocument): Words => [
  {
    notes: [
      `${name} ${hash}: ${plural(runs.length, "run")} on ${data.source}, ${batches(runs)} images a step`,
      ...notes,
    ],
  },
  table(
    [...head, "memory"],
    runs.map((run) => [...cells(run), bytes(run.memoryBytes)]),
  ),
  {
    notes: heldOut.map(
      ({ budget, size, from, to }) => `held out at ${round(budget)} FLOPs: ${size}, N ${num(from, 4)} to ${num(to, 4)}`,
    ),
  },
  `${num(totalFlops)} FLOPs in all; N ${counts.N}, D ${counts.D}, C "${counts.C}"; memory: ${counts.memory}`,
];

/** The paper's study, with what it would cost. */
export const paperPlanWords = ({
  runs,
  heldOut,
  batch,
  mfu,
  deviceHours,
  counts,
  totalFlops,
}: PaperPlanDocument): Words => [
  `paper: ${plural(runs.length, "run")}, ${batch} images a step, and one held out`,
  table(
    [...head, "state", "per image"],
    [...runs, ...heldOut].map((run) => [
      ...cells(run),
      bytes(run.memoryBytes.state),
      bytes(run.memoryBytes.activationsPerImage),
    ]),
  ),
  table(
    [`device-hours at ${percent(mfu, 0)} of peak`, "arithmetic", "fitted", "held out", "dollars in all"],
    deviceHours.map(({ device, arithmetic, fitted, heldOut: last, dollars }) => [
      device,
      arithmetic,
      hours(fitted),
      hours(last),
      dollars ? `${hours(dollars.low)} to ${hours(dollars.high)}` : "–",
    ]),
  ),
  `${num(totalFlops.fitted)} FLOPs for the fit, ${num(totalFlops.heldOut)} held out; N ${counts.N}, D ${counts.D}, C "${counts.C}"; memory: ${counts.memory}`,
  'It takes latents and text features of 256 px images, which no --data has: train it elsewhere from "isoflop plan --preset paper --json", and give the losses to "isoflop fit isoflop".',
];
