import type { DataSpec } from "@isoflop/sweep";
import { type Command, Option } from "commander";
import { inputError } from "../exit.js";
import { isOurDocument } from "../files/ours.js";
import { outputFile } from "../files/write.js";
import { deviceOption, forceOption, jsonOption } from "../options/common.js";
import { count, countUpTo, number, times, whole } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { versions } from "../versions.js";
import { emit } from "../words/emit.js";
import { plural } from "../words/numbers.js";
import { note } from "../words/printable.js";
import { progress, stagesOfData } from "../words/progress.js";
import { askedPart, partNames, partText } from "./parts.js";
import { isOurPicture, signed } from "./picture.js";

interface Options {
  readonly caption?: readonly string[];
  readonly index?: readonly number[];
  readonly count: number;
  readonly guidance: number;
  readonly guidanceInterval?: readonly [number, number];
  readonly guidanceChannels?: number;
  readonly steps: number;
  readonly solver: string;
  readonly grid: string;
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
number, in any model. A solver or a grid is a name, a record, or a file of your own: --solver ./mine.ts. Times go from 1, noise, to 0. Writes the pictures as PNG and how they came about as JSON beside it.

Example:
  isoflop sample runs/quick --caption "a taco left of a rocket on a purple background" --caption "a sun" --guidance 3
  isoflop sample runs/quick --index 3 --index 8
  isoflop sample runs/quick --solver "{ kind: dpmSolverPP, order: 3 }" --grid logSnr --steps 12`;

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
    .option("--guidance-interval <from,to>", "times at which to guide, such as 0.2,0.8 (default: all)", times)
    .option("--guidance-channels <n>", "how many of the channels are guided, from the first (default: all)", count)
    .option("--steps <n>", "steps from noise to picture", count, 25)
    .option(
      "--solver <name>",
      `how a step is made: ${partNames("solver")}, a record, or a module that exports one`,
      partText("solver"),
      "heun",
    )
    .option(
      "--grid <name>",
      `what places the steps: ${partNames("grid")}, a record, or a module that exports one`,
      partText("grid"),
      "uniform",
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
      const { spec: solver, ...ofSolver } = await askedPart("solver", options.solver);
      const { spec: grid, ...ofGrid } = await askedPart("grid", options.grid);
      const modules = [...ofSolver.modules, ...ofGrid.modules];
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
      const { guidance, guidanceInterval, guidanceChannels, steps, seed } = options;
      const guided = {
        guidance,
        ...(guidanceInterval && { guidanceInterval }),
        ...(guidanceChannels !== undefined && { guidanceChannels }),
      };
      let evaluations = 0;
      const pictures = await untilStopped("stopped; nothing was written", async (signal) => {
        const how = { ...guided, steps, solver, grid, seed, signal };
        const drawn = await draw(model, {
          ...{ device, source, captions, ...how },
          onProgress(done, of, asked) {
            evaluations = asked;
            onProgress(done, of);
          },
        });
        return decodeSamples(drawn, decoder, device);
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
        ...{ ...guided, steps, solver, grid, seed },
        // How the seed becomes what is drawn at random.
        key: { noise: "random.key(seed)", steps: "random.foldIn(random.key(seed), 1)" },
        evaluations,
        ...(modules.length > 0 && { modules }),
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
const several = (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text];
