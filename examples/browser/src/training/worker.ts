// Trains away from the page's own thread, so that the page stays smooth on either device.
import { type DataSource, decodeSheet, scenes } from "@isoflop/data";
import { dit } from "@isoflop/dit";
import { createDevice } from "@isoflop/tensor";
import {
  buildObjective,
  type CheckpointStore,
  memoryCheckpoints,
  type Progress,
  train,
  trainSpec,
} from "@isoflop/train";
import type { Command, Report } from "../messages.js";
import { createArtist } from "./artist.js";
import { pictures } from "./pictures.js";
import { recipe } from "./recipe.js";

const SECONDS_BETWEEN_SAMPLES = 2;
const EXAMPLES = 8;

const post = (report: Report): void => postMessage(report);

const loadData = async (): Promise<DataSource> => {
  const response = await fetch(new URL("./emoji.sheet", import.meta.url));
  if (!response.ok) throw new Error(`the emoji could not be fetched: ${response.status} ${response.statusText}`);
  const data = scenes(decodeSheet(new Uint8Array(await response.arrayBuffer())), { size: 16 });
  const captions = Array.from({ length: EXAMPLES }, (_, i) => data.caption("train", i));
  post({ kind: "examples", pictures: pictures(data.batch("train", 0, EXAMPLES).images, captions, data.shape[1]!) });
  return data;
};

const source = loadData();
const checkpoints = memoryCheckpoints();
let pause = new AbortController();

const run = async ({ device: choice, steps }: Extract<Command, { kind: "train" }>): Promise<void> => {
  pause = new AbortController();
  const data = await source;
  const spec = trainSpec(recipe(data, steps));
  const device = await createDevice(choice === "auto" ? undefined : choice);
  try {
    post({ kind: "device", name: device.name, description: device.description });
    const artist = createArtist(device, dit(spec.model), buildObjective(spec.objective), data);
    let drawing = 0;
    // A checkpoint is also the moment to look at what the weights can do by now.
    const store: CheckpointStore = {
      ...checkpoints,
      async save(checkpoint) {
        await checkpoints.save(checkpoint);
        const before = performance.now();
        post({ kind: "samples", step: checkpoint.step, pictures: await artist.draw(checkpoint) });
        drawing += (performance.now() - before) / 1000;
      },
    };
    let last: { step: number; seconds: number } | undefined;
    const onProgress = ({ step, seconds, metrics }: Progress): void => {
      const now = { step, seconds: seconds - drawing };
      const stepsPerSecond = last ? (now.step - last.step) / (now.seconds - last.seconds) : Number.NaN;
      last = now;
      post({ kind: "progress", step, losses: metrics.map(({ loss }) => loss), stepsPerSecond });
    };
    const { signal } = pause;
    const options = { device, data, store, signal, onProgress, checkpointSeconds: SECONDS_BETWEEN_SAMPLES };
    const { validation } = await train(spec, options);
    post({ kind: "finished", validationLoss: validation.mean, standardError: validation.stdErr });
  } finally {
    device.destroy();
  }
};

addEventListener("message", ({ data: command }: MessageEvent<Command>) => {
  if (command.kind === "pause") return pause.abort();
  run(command).catch((error: unknown) => {
    if (pause.signal.aborted) post({ kind: "paused" });
    else post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  });
});
