import { ladderRules } from "@isoflop/flops";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Answer, type AnswerOptions, answer } from "../answer.js";
import { usageError } from "../exit.js";
import { fitSourceOptions } from "../fit/source.js";
import { deviceOption, jsonOption, quantityOption, reportOption } from "../options/common.js";
import { count, positive } from "../options/values.js";
import { inputsOf } from "../runs/tables.js";
import { note, printable } from "../words/printable.js";
import { LOSS } from "../words/quantity.js";
import { type PlanAsked, planOptions } from "./options.js";
import { planFrom } from "./plan.js";
import { planWords } from "./words.js";

interface Options extends PlanAsked, AnswerOptions {
  readonly run?: boolean;
  readonly dryRun?: boolean;
  readonly until?: number;
  readonly rounds?: number;
  readonly device: "wasm" | "webgpu";
}

const help = `
Chooses the runs that shrink the interval of one extrapolation most for a given cost, and shows what an even isoFLOP grid of the
same cost would do. From a saved fit it is c-optimal design on that surface, whose form it trusts. From a table or a folder of runs it
is design against every surface that the runs allow, all local optima of all --forms, each as likely as its BIC says (arXiv
2604.22753): what is planned takes from the error within each and from their disagreement.
Of a folder of runs that were trained here the sizes are those of its ladder, tokens are whole steps, and times are known.
With --run the planned runs are trained there by the same recipe, in rounds: each plans for all that is left, trains the cheaper part
of it, and fits anew, until the interval is --until so narrow, or --allowance or --rounds are spent. Stopped by Ctrl-C, killed or
cut off, the same command goes on where it was: what is planned stands in next-runs.json.

Examples:
  isoflop fit surface --input runs.csv --bootstrap 1000 --json > fit.json
  isoflop plan-next fit.json --allowance 1e20 --target 1e22 --optimum N --posterior bootstrap
  isoflop plan-next --input runs.csv --allowance 3600 --cost seconds --target 1e22 --sizes 1e8,2e8,4e8 --max-tokens 1e10
  isoflop plan-next --input runs/quick --allowance 1e12 --target 1e13 --run --until 10% --rounds 3`;

/** "5%" or 0.05 */
const width = (text: string): number => {
  const share = /%\s*$/.test(text) ? positive(text.replace(/%\s*$/, "")) / 100 : positive(text);
  if (share < 10) return share;
  throw new InvalidArgumentError("Expected a relative width, such as 5% or 0.05.");
};

export const configure = (command: Command): void => {
  planOptions(reportOption(quantityOption(jsonOption(fitSourceOptions(command)))))
    .option("--run", "train the planned runs in the folder, and plan again")
    .option("--dry-run", "with --run: say what would be trained first, and train nothing")
    .option("--until <width>", "with --run: stop at a 95 % interval of this full width, such as 5%", width)
    .option("--rounds <n>", "with --run: at most so many, those of earlier calls counted (default: 3)", count)
    .addOption(
      new Option("--ladder <rule>", "how depth and heads of a folder's models follow from the width").choices(
        Object.keys(ladderRules),
      ),
    );
  deviceOption(command)
    .addHelpText("after", help)
    .action((file: string | undefined, options: Options) =>
      answer(options, [file, ...inputsOf(options.input)], () =>
        options.run ? trained(file, options) : planned(file, options),
      ),
    );
};

const planned = async (file: string | undefined, options: Options): Promise<Answer> => {
  const extra = (["dryRun", "until", "rounds"] as const).find((name) => options[name] !== undefined);
  if (extra !== undefined) throw usageError(`--${extra === "dryRun" ? "dry-run" : extra} is for --run`);
  const { document, loaded } = await planFrom(file, options);
  return {
    document,
    words: planWords(document.plan, document.leftOut),
    page: async () => (await import("./page.js")).planPage(document.plan, loaded),
  };
};

/** A model that is trained many times tells much of one place and nothing of the form. */
const SEEDS = [1, 3] as const;

const trained = async (
  file: string | undefined,
  { rounds = 3, seeds = SEEDS, ...options }: Options,
): Promise<Answer> => {
  if (options.quantity !== undefined && options.quantity !== LOSS)
    throw usageError("--quantity is for a plan alone; with --run it is the loss that is planned for");
  const { trainingFolder, trainRounds } = await import("./train.js");
  const { eventWords, roundsWords } = await import("./round-words.js");
  const { progressLines } = await import("../study/progress.js");
  const { untilStopped } = await import("../stop.js");
  const { checkStudyFiles } = await import("../study/layout.js");
  const asked = { ...options, rounds, seeds };
  const folder = trainingFolder(file, asked);
  checkStudyFiles(folder, options.force, ["nextRuns"]);
  const target = { C: options.target, quantity: options.optimum };
  const say = options.json ? note : (line: string) => console.log(printable(line));
  const onProgress = progressLines("training");
  const { document, result } = await untilStopped(onProgress.stopped, (signal) =>
    trainRounds(folder, asked, signal, {
      onProgress,
      onRound: (event) => say(eventWords(event, target, options.cost ?? "FLOPs")),
      onNote: note,
    }),
  );
  return {
    document,
    words: roundsWords(result),
    page: async () => (await import("./page.js")).roundsPage(result),
  };
};
