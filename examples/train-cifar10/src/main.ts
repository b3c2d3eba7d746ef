import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cifar10 } from "@isoflop/data/node";
import { forward } from "@isoflop/flops";
import { createDevice } from "@isoflop/tensor";
import { setupFor, train, trainSpec } from "@isoflop/train";
import { fileCheckpoints } from "@isoflop/train/node";
import { drawClasses } from "./draw.js";
import { help, readOptions } from "./options.js";

/** Trains, or goes on from the last checkpoint, and draws. @throws Error for an option that is none */
export const main = async (args: readonly string[], signal?: AbortSignal): Promise<void> => {
  const options = readOptions(args);
  if (options.help) return console.log(help);
  const { conditioning, patch, steps, batch, learningRate, seed, out } = options;
  const data = await cifar10({ size: options.size, seed });
  const model = { ...setupFor(data, { patch, conditioning, context: "classes" }), ...options.model };
  const spec = trainSpec({
    ...{ model, steps, batch, seed },
    optimizer: { learningRate },
    captionDropout: 0.1, // so that samples can be guided
  });
  using device = await createDevice(options.device);
  const flops = (forward(spec.model).total / 1e6).toFixed(1);
  console.log(`${conditioning} on ${data.name}, ${flops} MFLOP a sample, on ${device.description}`);
  await mkdir(out, { recursive: true });
  const { parameters, validation, weights, seconds } = await train(spec, {
    ...{ device, data, readEvery: 50, store: fileCheckpoints(out) },
    ...(signal && { signal }),
    onProgress: ({ step, metrics, seconds: spent }) => {
      const left = Math.round((spent / step) * (steps - step));
      console.log(`${step} / ${steps}: loss ${metrics.at(-1)!.loss.toFixed(4)}, ${left} s left`);
    },
  });
  const loss = `${validation.mean.toFixed(4)} ± ${validation.stdErr.toFixed(4)}`;
  console.log(`${parameters} parameters, ${Math.round(seconds)} s: validation loss ${loss}`);
  const { guidance, samplingSteps } = options;
  const png = await drawClasses(weights, { device, data, spec, guidance, steps: samplingSteps });
  await writeFile(join(out, "samples.png"), png);
  console.log(`Wrote ${join(out, "samples.png")}, a row for each of ${data.vocabulary.words.slice(1).join(", ")}.`);
};

/** Whether this file is what Node was started with. */
if (process.argv[1]?.endsWith("main.js")) {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("Stopped; the same command goes on.")));
  await main(process.argv.slice(2), stop.signal).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
