import type { Face } from "../progress/reporter.js";
import { leftWords, percentDone, rateWords } from "../progress/texts.js";
import { budgetWords, sweepFace } from "../study/progress.js";
import { plural } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import { lossLines } from "./losses.js";
import type { Left, Seen } from "./observer.js";

const MEANS: Readonly<Record<Left["standing"], string>> = {
  killed: "killed",
  silent: "no sign of life",
  stopped: "stopped",
  unreadable: "cannot be read",
};

const leftLine = ({ id, budget, width, step, of, standing, why }: Left): string => {
  const place = [
    budget === undefined ? "" : `${budgetWords(budget)} FLOPs`,
    width === undefined ? "" : `width ${width}`,
  ];
  const where = [...place, of === undefined ? `step ${step}` : `step ${step}/${of}`].filter((part) => part !== "");
  return `${[id, ...where].join("  ")}  ${MEANS[standing]}${why === "" ? "" : `: ${why}`}`;
};

const idleWords = "nobody trains it now; isoflop study with its folder goes on";

/** Lines that do not tell of running models. */
const aroundOf = ({
  left,
  losses,
  state,
}: Seen): { readonly left: readonly string[]; readonly losses: readonly string[] } => ({
  left: [...left.map((one) => `  ${leftLine(one)}`), ...(state === "idle" ? [`  ${idleWords}`] : [])],
  losses: losses.length > 0 ? ["loss by width, the least of each budget marked", ...lossLines(losses)] : [],
});

/** The bars of the study as its own process shows them, what was left, and the losses so far. */
export const watchFace: Face<Seen> = {
  lines(seen, room) {
    const { colours } = room;
    const { left, losses } = aroundOf(seen);
    const rows = room.rows - left.length - losses.length;
    return [
      ...sweepFace(seen.name).lines(seen.progress, { ...room, rows }),
      ...left.map((line) => colours.yellow(line)),
      ...losses.map((line, i) => (i === 0 ? colours.bold(line) : line)),
    ];
  },
  sentence(seen) {
    const said = seen.left.map(leftLine);
    if (seen.state === "idle") said.push(idleWords);
    return [sweepFace(seen.name).sentence(seen.progress), ...said].join("; ");
  },
};

/** The same for who asks once, and in the end. */
export const seenWords = (seen: Seen): Words => {
  const { name, hash, progress, state } = seen;
  const { done, total, failed, running, flopsDone, flopsTotal, remainingSeconds } = progress;
  const { left, losses } = aroundOf(seen);
  const rest = state === "running" ? `, ${leftWords(remainingSeconds)}` : "";
  const failures = failed > 0 ? `, ${failed} failed` : "";
  const models = running.map(({ spec, step, latest, speed }) => [
    budgetWords(spec.budget),
    String(spec.model.width),
    `${step}/${spec.steps}`,
    latest ? latest.loss.toFixed(4) : "–",
    speed === undefined ? "–" : rateWords(speed),
  ]);
  return [
    `${name} ${hash}: ${done} of ${plural(total, "run")} done${failures}, ${percentDone(flopsDone / flopsTotal)} of the compute${rest}`,
    models.length > 0 && { title: "Running", ...table(["C, FLOPs", "width", "step", "loss", "speed"], models) },
    left.length > 0 && { title: "Not going on", text: left.join("\n") },
    losses.length > 0 && { text: losses.join("\n") },
  ];
};

/** What a program is told. */
export const seenDocument = ({ name, hash, state, progress, left, losses }: Seen, study: string) => {
  const { running, ...counts } = progress;
  return {
    ...{ command: "watch", study, name, hash, state, ...counts },
    running: running.map(({ id, spec, step, latest, speed }) => ({
      ...{ id, budget: spec.budget, width: spec.model.width, step, steps: spec.steps },
      ...(latest && { loss: latest.loss }),
      ...(speed !== undefined && { speed }),
    })),
    left,
    budgets: losses,
  };
};
