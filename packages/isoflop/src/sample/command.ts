import { solvers } from "@isoflop/diffusion";
import { type Command, Option } from "commander";
import { isOurDocument } from "../files/ours.js";
import { outputFile } from "../files/write.js";
import { deviceOption, forceOption, jsonOption } from "../options/common.js";
import { count, countUpTo, number, whole } from "../options/values.js";
import { studyPath } from "../study/find.js";
import { versions } from "../versions.js";
import { emit } from "../words/emit.js";
import { plural } from "../words/numbers.js";
import { note } from "../words/printable.js";
import { progress } from "../words/progress.js";
import { isOurPicture, signed } from "./picture.js";

interface Options {
  readonly caption?: readonly string[];
  readonly count: number;
  readonly guidance: number;
  readonly steps: number;
  readonly solver: string;
  readonly seed: number;
  readonly device: "wasm" | "webgpu";
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
The model is a run's newest checkpoint, the held-out model of a study, or one step-N file. Captions are words the model has learned;
articles are read over. Writes the pictures as PNG and how they came about as JSON beside it.

Example:
  isoflop sample runs/quick --caption "a taco left of a rocket on a purple background" --caption "a sun" --guidance 3`;

export const configure = (command: Command): void => {
  forceOption(
    jsonOption(deviceOption(command.argument("<run>", "folder of a run or of a study, or a checkpoint", studyPath))),
  )
    .option("--caption <text>", "what to draw; may be given several times (default: validation captions)", several)
    .option("--count <n>", "pictures where no caption is given, drawn all at once", countUpTo(4096), 16)
    .option("--guidance <scale>", "1 follows the caption as learned, above 1 exaggerates it", number, 2)
    .option("--steps <n>", "steps from noise to picture", count, 25)
    .addOption(new Option("--solver <name>", "how a step is made").choices(solvers.names).default("heun"))
    .option("--seed <n>", "of the noise", whole, 0)
    .option("--out <file.png>", "where the pictures go", "samples.png")
    .addHelpText("after", help)
    .action(async (path: string, options: Options) => {
      const { dataOpener } = await import("@isoflop/sweep/node");
      const { createDevice } = await import("@isoflop/tensor");
      const { sampleGridFigure } = await import("@isoflop/plot");
      const { document: page, renderPng } = await import("@isoflop/plot/node");
      const { findModel } = await import("./find.js");
      const { draw } = await import("./draw.js");
      const { untilStopped } = await import("../stop.js");
      const { png, json, pictures: pngFile, about } = outputsOf(path, options);
      const model = await findModel(path, note);
      const source = await dataOpener()(model.spec.data);
      const captionless = model.spec.model.context.kind === "none";
      const usual = (_: unknown, i: number) => (captionless ? "" : source.caption("validation", i));
      const captions = options.caption ?? Array.from({ length: options.count }, usual);
      const device = await createDevice(options.device);
      const shown = progress("drawing");
      const { onProgress } = shown;
      const { guidance, steps, solver, seed } = options;
      const pictures = await untilStopped("stopped; nothing was written", (signal) =>
        draw(model, { device, source, captions, guidance, steps, solver, seed, signal, onProgress }),
      ).finally(() => {
        shown.end();
        device.destroy();
      });
      const document = {
        command: "sample",
        run: model.run,
        checkpoint: { step: model.checkpoint.step },
        device: device.description,
        data: model.spec.data,
        captions,
        ...{ guidance, steps, solver, seed },
        files: { png, json },
        versions: versions("@isoflop/dit", "@isoflop/diffusion", "@isoflop/tensor", "@isoflop/data"),
      };
      await pngFile.write(signed(renderPng(sampleGridFigure(pictures).draw({ document: page }))));
      await about.write(`${JSON.stringify(document, null, 2)}\n`);
      await emit(options.json, document, () => [
        `${plural(captions.length, "picture")} of run ${model.run}: ${png}, ${json}`,
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

const several = (text: string, earlier: readonly string[] = []): readonly string[] => [...earlier, text];
