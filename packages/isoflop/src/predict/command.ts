import { scheduleShapes } from "@isoflop/scaling";
import { type Command, Option } from "commander";
import { type Answer, type AnswerOptions, answer } from "../answer.js";
import { cardFrom } from "../cards/find.js";
import { usageError } from "../exit.js";
import type { Questions, ScheduleShape } from "../fit/kind.js";
import { readKind } from "../fit/saved.js";
import { type FitSource, fitSourceOptions, methodNames, sourceFrom } from "../fit/source.js";
import { jsonOption, quantityOption, reportOption } from "../options/common.js";
import { givenInputs, inputOptions } from "../options/input-options.js";
import { namedValues } from "../options/named.js";
import { positive, positives, share, whole } from "../options/values.js";
import { inputsOf } from "../runs/tables.js";
import { predictWithCard } from "./card.js";
import { cardPredictionWords } from "./card-words.js";
import { predict, questionsHelp } from "./predict.js";
import { predictionWords } from "./words.js";

type Options = FitSource &
  Omit<Questions, "shape"> &
  ScheduleShape &
  AnswerOptions & { readonly link?: string; readonly law?: string };

/** The questions, with what says more of a schedule's shape in one place. */
const asked = ({ peak, warmup, finalShare, decayShare, ...options }: Options): Questions => {
  const given = Object.entries({ peak, warmup, finalShare, decayShare }).filter(([, value]) => value !== undefined);
  return { ...options, ...(given.length > 0 && { shape: Object.fromEntries(given) as ScheduleShape }) };
};

const help = `
What can be asked of which fit:
${questionsHelp()}
Two intervals at 95 %: ci95 says where the law is, interval95 where one new run would fall.

Examples:
  isoflop fit isoflop --input runs.csv --json > fit.json && isoflop predict fit.json --at 1.5e21
  isoflop predict --input runs.csv --method surface --reach 2.1
  isoflop predict repeated.json --at 1e22 --unique 25e9
  isoflop predict schedule.json --schedule wsd --steps 20000,40000
  isoflop predict law.json --link link.json --at 1e21
  isoflop predict --law chinchilla --at 1e21`;

export const configure = (command: Command): void => {
  inputOptions(reportOption(quantityOption(jsonOption(fitSourceOptions(command)))))
    .addOption(
      new Option("--method <name>", "how to fit --input; for other choices run isoflop fit first")
        .choices(methodNames)
        .default("rollout"),
    )
    .option("--law <name>", "a published law in place of a fit: a card of isoflop laws, or a file of one")
    .option("--at <C,…>", "compute, FLOPs (or x of a law); several with commas", positives)
    .option("--size <N>", "parameters of the model", positive)
    .option("--tokens <D>", "tokens it is trained on", positive)
    .option("--study <name>", "which study of a fit shared")
    .option("--with <name=value,…>", "numbers of other names that a fit was made with: width=256", namedValues)
    .addOption(
      new Option("--schedule <name>", "shape of a learning-rate schedule, of a fit schedule").choices(
        scheduleShapes.names,
      ),
    )
    .option("--steps <T,…>", "how long it is (default: as the first curve)", positives)
    .option("--peak <rate>", "its largest rate (default: of the first curve)", positive)
    .option("--warmup <n>", "steps of its warm-up (default: of the first curve, or none if it is shorter)", whole)
    .option("--final-share <share>", "its last rate as a share of the peak (default: of its shape)", share)
    .option("--decay-share <share>", "share of the steps over which wsd decays (default: 0.2)", share)
    .option("--rates <file>", "a table with columns step and lr instead of a shape")
    .option(
      "--link <link.json>",
      'what "isoflop fit link … --json" printed: the metric that goes with the predicted loss',
    )
    .option("--reach <loss>", "the loss that is wanted", positive)
    .addHelpText("after", help)
    .action((file: string | undefined, options: Options) =>
      answer(options, [file, ...inputsOf(options.input), options.link, options.rates], async () => {
        if (options.law !== undefined) return published(options.law, file, options);
        const { saved, loaded } = await sourceFrom(file, options);
        const inputs = givenInputs(options);
        const link = options.link === undefined ? undefined : readKind(options.link, "link");
        const document = predict(saved, { ...asked(options), ...(inputs && { inputs }) }, link);
        return {
          document,
          words: predictionWords(document),
          page: async () =>
            (await import("./page.js")).predictionPage(saved.fit, document.predictions, loaded, {
              ...asked(options),
              link: link?.fit,
            }),
          caveat: document,
        };
      }),
    );
};

/** A published law answers by what its card says. */
const published = (law: string, file: string | undefined, options: Options): Answer => {
  if (file !== undefined || options.input !== undefined)
    throw usageError(`--law and ${file === undefined ? "--input" : "a saved fit"} are given; expected one of them`);
  const [other] = (["link", "study", "with"] as const).filter((name) => options[name] !== undefined);
  if (other !== undefined)
    throw usageError(`--${other} is for a fit, and --law is a published law; expected one of them`);
  const found = cardFrom(law);
  const inputs = givenInputs(options);
  const document = predictWithCard(found, { ...options, ...(inputs && { inputs }) });
  return {
    document,
    words: cardPredictionWords(found.card, document.predictions),
    page: async () => (await import("./card-page.js")).cardPredictionPage(found.card, document.predictions),
  };
};
