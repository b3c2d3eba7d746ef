import { solvers } from "@isoflop/diffusion";
import type { DataSpec } from "@isoflop/sweep";
import { type Command, InvalidArgumentError, Option } from "commander";
import { inputError } from "../exit.js";
import { isOurDocument } from "../files/ours.js";
import { outputFile } from "../files/write.js";
import { deviceOption, forceOption, jsonOption } from "../options/common.js";
import { count, countUpTo, number, whole } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { versions } from "../versions.js";
import { emit } from "../words/emit.js";
import { plural } from "../words/numbers.js";
import { note } from "../words/printable.js";
import { progress, stagesOfData } from "../words/progress.js";
import { isOurPicture, signed } from "./picture.js";

interface Options {
  readonly caption?: readonly string[];
  readonly index?: readonly number[];
  readonly count: number;
  readonly guidance: number;
  readonly steps: number;
  readonly solver: string;
  readonly seed: number;
  readonly decoder?: string;
  readonly device: "wasm" | "webgpu";
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
The model is a run's newest checkpoint, the held-out model of a study, or one step-N file. Captions are words the model has learned, of
a model of classes their names; articles are read over. Captions that are vectors cannot be typed: --index names some of the validation split by
number, in any model. A solver of your own is a file: --solver ./mine.ts. Writes the pictures as PNG and how they came about as JSON beside it.

Example:
  isoflop sample runs/quick --caption "a taco left of a rocket on a purple background" --caption "a sun" --guidance 3
  isoflop sample runs/quick --index 3 --index 8`;

export const configure = (command: Command): void => {
  forceOption(
    jsonOption(deviceOption(command.argument("<run>", "folder of a run or of a study, or a checkpoint", studyPath))),
  )
    .option("--caption <text>", "what to draw; may be given several times (default: validation captions)", several)
    .addOption(
      new Option("--index <n>", "the number of a validation caption to draw; may be given several times")
        .argParser((text: string, earlier: readonly number[] = []) => [...earlier, whole(text)])
        .conflicts("caption"),
    )
    .option("--count <n>", "the first so many validation captions, where none is given", countUpTo(4096), 16)
    .option("--guidance <scale>", "1 follows the caption as learned, above 1 exaggerates it", number, 2)
    .option("--steps <n>", "steps from noise to picture", count, 25)
    .option(
      "--solver <name>",
      `how a step is made: ${solvers.names.join(", ")}, or a module that exports one`,
      solver,
      "heun",
    )
    .option("--seed <n>", "of the noise", whole, 0)
    .option("--decoder <file>", "what turns latents into pictures: safetensors (default: what the data name)")
    .option("--out <file.png>", "where the pictures go", "samples.png")
    .addHelpText("after", help)
    .action(async (path: string, options: Options) => {
      const { dataOpener } = await import("@isoflop/sweep/node");
      const { createDevice } = await import("@isoflop/tensor");
      const { sampleGridFigure } = await import("@isoflop/plot");
      const { document: page, renderPng } = await import("@isoflop/plot/node");
      const { findModel } = await import("./find.js");
      const { draw } = await import("./draw.js");
      const { decodeSamples, sampleDecoder } = await import("./decode.js");
      const { untilStopped } = await import("../stop.js");
      const { png, json, pictures: pngFile, about } = outputsOf(path, options);
      const model = await findModel(path, note);
      const solver = await solverOf(options.solver);
      const shown = progress("drawing");
      const { onProgress } = shown;
      const source = await untilStopped("stopped; nothing was written", (signal) =>
        dataOpener({ signal, onProgress: stagesOfData(onProgress) })(model.data),
      ).finally(shown.end);
      const data = options.decoder === undefined ? model.data : withDecoder(model.data, options.decoder);
      const decoder = await sampleDecoder(data, source);
      if (decoder.kind === "none") throw inputError(`${decoder.reason}; give --decoder FILE.safetensors`);
      const indices = options.index ?? Array.from({ length: options.count }, (_, i) => i);
      const captions = options.caption ?? indices;
      const device = await createDevice(options.device);
      const { guidance, steps, seed } = options;
      const pictures = await untilStopped("stopped; nothing was written", async (signal) => {
        const how = { guidance, steps, solver, seed, signal, onProgress };
        return decodeSamples(await draw(model, { device, source, captions, ...how }), decoder, device);
      }).finally(() => {
        shown.end();
        device.destroy();
      });
      const document = {
        command: "sample",
        run: model.run,
        checkpoint: { step: model.checkpoint.step },
        device: device.description,
        data,
        captions: pictures.map(({ caption }) => caption),
        ...(options.caption ? {} : { indices }),
        ...{ guidance, steps, solver, seed },
        files: { png, json },
        versions: versions("@isoflop/dit", "@isoflop/diffusion", "@isoflop/tensor", "@isoflop/data"),
      };
      await pngFile.write(signed(renderPng(sampleGridFigure(pictures).draw({ document: page }))));
      await about.write(`${JSON.stringify(document, null, 2)}\n`);
      await emit(options.json, document, () => [
        `${plural(pictures.length, "picture")} of run ${model.run}: ${png}, ${json}`,
      ]);
    });
};

/** The two files, checked before anything is drawn. A checkpoint is read as a pair of files too. */
const outputsOf = (path: string, { out, force }: Pick<Options, "out" | "force">) => {
  const png = /\.png$/i.test(out) ? out : `${out}.png`;
  const json = png.replace(/\.png$/i, ".json");
  const pair = /^(.*)\.(?:json|safetensors)$/.exec(path)?.[1];
  const inputs = [path, ...(pair === undefined ? [] : [`${pair}.json`, `${pair}.safetensors`])];
  const choices = { inputs, force, option: "--out" };
  return {
    png,
    json,
    pictures: outputFile(png, { ...choices, isOurs: isOurPicture }),
    about: outputFile(json, { ...choices, isOurs: isOurDocument("sample") }),
  };
};

const withDecoder = (data: DataSpec, path: string): DataSpec =>
  ({ ...data, decoder: { kind: "safetensors", path } }) as DataSpec;
const isModule = (text: string): boolean => /\.[cm]?[jt]s$/.test(text);

const solver = (text: string): string => {
  if (solvers.has(text) || isModule(text)) return text;
  throw new InvalidArgumentError(
    `Allowed choices are ${solvers.names.join(", ")}, and a TypeScript or JavaScript file that exports a solver.`,
  );
};

/** The name of a solver, of ours or of a module. @throws ModuleError for one that exports none */
const solverOf = async (given: string): Promise<string> => {
  if (!isModule(given)) return given;
  const { resolveModules } = await import("../modules/index.js");
  const asked = { solver: { module: given } as unknown };
  const { value } = await resolveModules(asked, [{ path: ["solver"], sort: "solver" }], process.cwd());
  return (value.solver as { readonly kind: string }).kind;
};

const several = (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text];
