import { dirname, join } from "node:path";
import { type LadderRuleName, ladderRules } from "@isoflop/flops";
import { type Command, Option } from "commander";
import { inputError } from "../exit.js";
import { readRecord, shown } from "../files/read.js";
import { type AskedData, checkpointingOption, dataOption, deviceOption, jsonOption } from "../options/common.js";
import { count, positive, share, whole } from "../options/values.js";
import { versions } from "../versions.js";
import { emit } from "../words/emit.js";
import { num } from "../words/numbers.js";
import { note } from "../words/printable.js";
import { progress, stagesOfData } from "../words/progress.js";

type Loose = Readonly<Record<string, unknown>>;

interface Options extends Loose {
  readonly out: string;
  readonly device: "wasm" | "webgpu";
  readonly checkpointing: "none" | "blocks";
  readonly checkpointSeconds: number;
  readonly ladder: LadderRuleName;
  readonly data?: AskedData;
  readonly json?: boolean;
}

const help = `
A spec is a JSON record of @isoflop/train with "data" and "budget"; what is left out has a default, the data decide image
and captions, and the width decides depth and heads. Options win over the file:
  { "data": { "source": "emoji", "size": 16 }, "model": { "width": 32 }, "budget": 1e11,
    "optimizer": { "learningRate": 0.01 }, "captionDropout": 0.1, "seed": 1 }
A part of your own stands in place of one of ours as { "module": "./mine.ts", …options }; "modules" lists files whose parts the spec
names, and "metrics" what is measured of the model, such as { "kind": "validation", "split": "validation-emoji" }. Paths start from the spec.
The run gets a folder of its own, named by the hash of its spec. Stopped by Ctrl-C, killed or cut off, the same command goes on
from the last checkpoint, and ends at the same bits as if it had never stopped.

Examples:
  isoflop train --width 16 --steps 400 --learning-rate 0.01 --data shapes
  isoflop train spec.json --seed 2 --json`;

export const configure = (command: Command): void => {
  jsonOption(dataOption(deviceOption(command.argument("[spec.json]", 'the spec; "-" reads standard input'))))
    .addOption(new Option("--image <pixels>", "pixels per side (default: 16)").choices(["16", "32"]))
    .option("--width <n>", "width of the model, a multiple of 8", count)
    .addOption(
      new Option("--ladder <rule>", "how depth and heads follow from the width; the quick study is shallow")
        .choices(Object.keys(ladderRules))
        .default("shallow"),
    )
    .option("--depth <n>", "blocks (default: by the ladder)", count)
    .option("--heads <n>", "attention heads (default: by the ladder)", count)
    .option("--patch <pixels>", "pixels per side of a patch (default: 2)", count)
    .option("--steps <n>", "steps to train, or", count)
    .option("--budget <FLOPs>", "compute to spend", positive)
    .option("--batch <images>", "images per step (default: 16)", count)
    .option("--learning-rate <rate>", "peak learning rate (default: 0.002)", positive)
    .option("--caption-dropout <share>", "share of captions left out, for guidance (default: 0)", share)
    .option("--validation-images <n>", "held-out images, a multiple of 64 (default: 1024)", count)
    .option("--seed <n>", "of weights, noise, times and order (default: 0)", whole)
    .option("--out <folder>", "where the run's folder goes", "runs")
    .addOption(checkpointingOption())
    .option("--checkpoint-seconds <s>", "least seconds between checkpoints", positive, 30)
    .addHelpText("after", help)
    .action(async (file: string | undefined, options: Options) => {
      const { checkRequest } = await import("@isoflop/sweep");
      const { dataOpener } = await import("@isoflop/sweep/node");
      const { completeSpec } = await import("./spec.js");
      const { measuredWords } = await import("./words.js");
      const { withParts } = await import("./parts.js");
      const { trainOne } = await import("./run.js");
      const { progressLines } = await import("../study/progress.js");
      const { untilStopped } = await import("../stop.js");
      const { onProgress: onStage, end } = progress("opening the data");
      const openData = dataOpener({ onProgress: stagesOfData(onStage) });
      const written =
        file === undefined ? {} : readRecord(file, "a spec; expected an object with model, steps, data, …");
      const base = file === undefined || file === "-" ? process.cwd() : dirname(file);
      const { spec, metrics } = await named(file, async () => {
        const { given, metrics } = await withParts(withOptions(written, options), base, openData);
        const spec = await completeSpec(given, openData, options.ladder);
        for (const request of metrics) await checkRequest(spec, request, openData);
        return { spec, metrics };
      });
      for (const remark of (await openData(spec.data)).describe().provenance.remarks ?? []) note(remark);
      end();
      const onProgress = progressLines("training", { quiet: 1500 });
      const record = await untilStopped(onProgress.stopped, (signal) =>
        trainOne(spec, { ...options, openData, metrics, signal, onProgress, onNote: note }),
      );
      const folder = join(options.out, record.id);
      const packages = ["@isoflop/train", "@isoflop/sweep", "@isoflop/tensor", "@isoflop/data"];
      await emit(options.json, { command: "train", folder, ...record, versions: versions(...packages) }, () => {
        const { loss, lossStdErr, params, paramsNonEmbedding, tokens, flops, seconds } = record.result;
        return [
          {
            notes: [
              `loss ${num(loss)} ± ${num(lossStdErr, 2)} after ${spec.steps} steps in ${seconds.toFixed(1)} s`,
              `N ${num(paramsNonEmbedding, 4)} without embeddings (${num(params, 4)} trainable), D ${num(tokens, 4)} image tokens, C ${num(flops, 4)} FLOPs`,
              ...record.measurements.flatMap(measuredWords),
              folder,
            ],
          },
          `isoflop sample ${folder}`,
        ];
      });
    });
};

/** Where the options stand in a spec. */
const places: readonly (readonly [option: string, key: string, inner?: string])[] = [
  ["image", "data", "size"],
  ["seed", "data", "seed"],
  ...["width", "depth", "heads", "patch"].map((name) => [name, "model", name] as const),
  ["learningRate", "optimizer", "learningRate"],
  ["validationImages", "validation", "images"],
  ...["batch", "captionDropout", "seed", "steps", "budget"].map((name) => [name, name] as const),
];

/** A name alone keeps the options that a spec gives its source. */
const dataWith = (written: Loose | undefined, { spec }: AskedData): Loose =>
  Object.keys(spec).length === 1 ? { ...written, ...spec } : spec;

/** The spec with what the options say in place of what the file says. */
const withOptions = (written: Loose, { data, ...options }: Options): Loose => {
  const spec = data ? { ...written, data: dataWith(written.data as Loose | undefined, data) } : written;
  const { steps: _, budget: __, ...unspent } = spec;
  // One of the two replaces both: they decide each other.
  const all: Record<string, unknown> =
    options.steps === undefined && options.budget === undefined ? { ...spec } : unspent;
  for (const [option, key, inner] of places) {
    const given = (options as Loose)[option];
    if (given === undefined) continue;
    const value = option === "image" ? Number(given) : given;
    const part = all[key] ?? (key === "data" ? { source: "emoji" } : {});
    all[key] = inner === undefined ? value : { ...(part as Loose), [inner]: value };
  }
  return all;
};

/** Errors of a spec name the file it came from. */
const named = async <T>(file: string | undefined, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const { name, message } = error as Error;
    const ofSpec = [
      "CliError",
      "DataError",
      "ModuleError",
      "TrainError",
      "SweepError",
      "FlopsError",
      "DitError",
    ].includes(name);
    throw ofSpec && file !== undefined ? inputError(`${shown(file)}: ${message}`) : error;
  }
};
