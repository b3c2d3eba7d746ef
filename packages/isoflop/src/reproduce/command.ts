import { type Command, Option } from "commander";
import { type AskedData, conditioningOption, dataOption } from "../options/common.js";
import { whole } from "../options/values.js";
import { doStudy, type StudyChoices, studyOptions } from "../study/command.js";
import { readAssignment } from "../study/file/set.js";

interface Options extends StudyChoices {
  readonly preset: string;
  readonly data?: AskedData;
  readonly conditioning?: string;
  readonly seed?: number;
}

const help = `
The method of arXiv 2410.08184 on budgets that this machine can pay: models of several sizes at each of several budgets, a parabola
through their losses at each, power laws through the parabolas' minima, a fit of all of them at once, a prediction for ten times the
largest budget, and the training runs that test it. It is "isoflop study quick", and --data, --conditioning and --seed are short for --set. Writes report.html,
figures and summary.json to runs/quick-HASH, a folder for each study, and every run to runs/store.
Stopped by Ctrl-C (status 130), killed or cut off, the same command goes on where it was. A second process takes other runs of the same
study and waits for the rest.

Examples:
  isoflop reproduce
  isoflop reproduce --conditioning crossAttention
  isoflop reproduce --data ./photos
  isoflop reproduce --preset laptop --data cifar10 --seed 1 --json > summary.json`;

/** A name alone keeps the study's options of its source, such as the size. */
const dataSet = ({ spec }: AskedData): string =>
  Object.keys(spec).length === 1 ? `data.source=${String(spec.source)}` : `data=${JSON.stringify(spec)}`;

/** What each option sets, and how it was asked for. */
const short = ({ data, conditioning, seed }: Options): readonly (readonly [set: string, words: string])[] => [
  ...(data ? [[dataSet(data), `--data '${data.text}'`] as const] : []),
  ...(conditioning === undefined
    ? []
    : [[`model.conditioning=${conditioning}`, `--conditioning ${conditioning}`] as const]),
  ...(seed === undefined ? [] : [[`seed=${seed}`, `--seed ${seed}`] as const]),
];

export const configure = (command: Command): void => {
  studyOptions(dataOption(conditioningOption(command)))
    .addOption(
      new Option("--preset <name>", "minutes on two cores, or an hour on a laptop's GPU")
        .choices(["quick", "laptop"])
        .default("quick"),
    )
    .option("--seed <n>", "of weights, noise and order (default: 0)", whole)
    .addHelpText("after", help)
    .action((options: Options) => {
      const { preset, set = [] } = options;
      const given = short(options);
      const typed = set.map(({ text }) => `--set '${text}'`);
      const words = ["npx isoflop reproduce --preset", preset, ...given.map(([, words]) => words), ...typed].join(" ");
      return doStudy(preset, { ...options, set: [...given.map(([text]) => readAssignment(text)), ...set] }, words);
    });
};
