import type { Plan } from "@isoflop/scaling";
import { interval, num, percent, plural, round as rounded } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";
import type { Known, PlannedRun, Round } from "./record.js";
import type { RoundEvent, RoundsDone } from "./rounds.js";
import { misfit, planWords, targetWords } from "./words.js";

type Target = Plan["target"];

const at = ({ interval: ends, width }: Known): string => `${interval(ends, 4)}, ${percent(width, 1)} wide`;

/** Of one standard error of the logarithm. */
const disagreement = ({ spread }: Known): string => `forms disagree by ±${percent(spread.between, 2)}`;

const costWords = (runs: readonly PlannedRun[], unit: string): string =>
  `${plural(runs.length, "run")}, ${num(
    runs.reduce((sum, { cost }) => sum + cost, 0),
    3,
  )} ${unit}`;

/** What is said while rounds go on. */
export const eventWords = (event: RoundEvent, target: Target, unit: string): string => {
  if (event.kind === "trained") {
    const { number, spent, failed, after } = event;
    const lost = failed > 0 ? `, ${plural(failed, "run")} diverged` : "";
    return `round ${number}: done for ${num(spent, 3)} ${unit}${lost}; now ${at(after)}; ${disagreement(after)}`;
  }
  const { number, of, round, kind } = event;
  return `round ${number} of ${of}${kind === "resumed" ? ", gone on with" : ""}: ${costWords(round.runs, unit)}; ${targetWords(target)} ${at(round.before)}; ${disagreement(round.before)}; with all that is planned ${percent(round.promised.width, 1)}`;
};

/** What was planned, trained and learned. */
export const roundsWords = (result: RoundsDone): Words => {
  const { rounds, stopped, now, next, plan, spent } = result;
  const { target, unit } = rounds;
  return [
    rounds.rounds.length > 0 && {
      title: "Rounds",
      ...table(
        ["round", "runs", `cost, ${unit}`, `${targetWords(target)} before, 95 %`, "width", "forms disagree by"],
        [
          ...rounds.rounds.map((round, i) => rowOf(String(i + 1), round, round.before)),
          ["now", "", "", interval(now.interval), percent(now.width, 1), `±${percent(now.spread.between, 2)}`],
        ],
      ),
    },
    trained(result),
    next.length > 0 && {
      title: "To be trained first",
      ...table(
        ["width", "depth", "steps", "seed", "learning rate", `cost, ${unit}`],
        next.map(({ spec, cost }) => [
          ...[spec.model.width, spec.model.depth, spec.steps, spec.seed].map(String),
          num(spec.optimizer.learningRate, 3),
          num(cost, 3),
        ]),
        0,
      ),
    },
    stopped.reason === "dry-run" && plan && { title: "The plan" },
    ...(stopped.reason === "dry-run" && plan ? planWords(plan, result.leftOut) : []),
    stopped.reason !== "dry-run" && misfit(result.surface),
    `${stopped.message}; ${num(spent, 3)} ${unit} spent`,
  ];
};

const rowOf = (name: string, { runs, spent }: Round, { interval: ends, width, spread }: Known): string[] => [
  ...[name, String(runs.length), num(spent ?? runs.reduce((sum, { cost }) => sum + cost, 0), 3)],
  ...[interval(ends), percent(width, 1), `±${percent(spread.between, 2)}`],
];

const trained = ({ rounds, done }: RoundsDone) => {
  const planned = rounds.rounds.flatMap(({ runs }, i) => runs.map((run) => ({ ...run, number: i + 1 })));
  if (planned.length === 0) return undefined;
  const results = new Map(done.map((run) => [run.id, run.result]));
  return {
    title: "Runs",
    ...table(
      ["run", "round", "width", "steps", "seed", "C, FLOPs", "N", "D", "loss", "seconds"],
      planned.map(({ id, number, spec }) => {
        const result = results.get(id);
        return [
          ...[
            id,
            String(number),
            String(spec.model.width),
            String(spec.steps),
            String(spec.seed),
            rounded(spec.budget),
          ],
          ...(result
            ? [num(result.paramsNonEmbedding, 4), num(result.tokens, 4), num(result.loss), result.seconds.toFixed(1)]
            : ["–", "–", "–", "–"]),
        ];
      }),
    ),
  };
};
