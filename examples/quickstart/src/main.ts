import { mkdir, writeFile } from "node:fs/promises";
import { emojiSelection } from "@isoflop/data";
import { emojiScenes } from "@isoflop/data/node";
import { classifierFreeGuidance, sample } from "@isoflop/diffusion";
import { conditionFrom, dit } from "@isoflop/dit";
import { encodePng, imageGrid } from "@isoflop/metrics";
import { createDevice, random } from "@isoflop/tensor";
import { buildObjective, train, trainSpec } from "@isoflop/train";

const device = await createDevice();
console.log(device.description);
const few = ["rocket", "cherries", "cactus", "star", "penguin", "pumpkin"];
const data = await emojiScenes({ size: 16, selection: emojiSelection.filter(({ name }) => few.includes(name)) });

const image = { height: 16, width: 16, channels: 3 };
const context = { kind: "words", tokens: data.captionLength, vocabulary: data.vocabulary.size } as const;
const spec = trainSpec({
  model: { image, patch: 2, width: 32, depth: 3, heads: 2, conditioning: "inContext", context },
  steps: Number(process.argv[2] ?? 5000),
  objective: { prediction: "data", weighting: { kind: "minSnr", gamma: 5 } },
  optimizer: { learningRate: 0.01 },
  captionDropout: 0.1, // so that samples can be guided
});
const { weights } = await train(spec, {
  device,
  data,
  readEvery: 100,
  onProgress: ({ step, steps, metrics }) => console.log(`${step} / ${steps}: loss ${metrics.at(-1)!.loss.toFixed(4)}`),
});

const captions = [
  "a big rocket on black",
  "cherries above a rocket on green",
  "a big cactus on white",
  "big cherries on blue",
];
const ids = Array.from({ length: 24 }, (_, i) => data.vocabulary.encode(captions[i % 4]!, data.captionLength));
const condition = conditionFrom(context, ids, device);
const unconditional = condition.mul(0);
const { apply } = dit(spec.model);
const guided = classifierFreeGuidance((x, t, words) => apply(weights, x, t, words), { scale: 2 });
const samples = await sample((x, t) => guided(x, t, { condition, unconditional }), {
  noise: random.normal(random.key(1), [24, ...data.shape]),
  objective: buildObjective(spec.objective),
  device,
});

const grid = { data: (await samples.data()) as Float32Array, count: 24, channels: 3, height: 16, width: 16 };
await mkdir("runs/quickstart", { recursive: true });
await writeFile("runs/quickstart/samples.png", encodePng(imageGrid(grid, { columns: captions.length, zoom: 4 })));
device.destroy();
