// Trains the encoder of emoji scenes and writes weights/emoji-encoder.safetensors: minutes on one core, the same file from the same seed on the same
// kind of processor. `node scripts/train-emoji.mjs [--images 640000] [--seed 0] [--out FILE]`; needs a built workspace, sharp and @iconify-json/noto.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { allocateBatch } from "@isoflop/data";
import { emojiScenes } from "@isoflop/data/node";
import { allWeights, arrangements, emojiNetwork, emojiShapes, valuesOf } from "@isoflop/features";
import {
  adamw,
  add,
  createDevice,
  crossEntropy,
  jit,
  maximum,
  mul,
  permute,
  random,
  valueAndGrad,
  writeSafetensors,
} from "@isoflop/tensor";

const { values } = parseArgs({
  options: {
    images: { type: "string", default: "640000" },
    batch: { type: "string", default: "64" },
    rate: { type: "string", default: "0.003" },
    seed: { type: "string", default: "0" },
    out: { type: "string", default: new URL("../weights/emoji-encoder.safetensors", import.meta.url).pathname },
  },
});
const [images, batch, rate, seed] = [values.images, values.batch, values.rate, values.seed].map(Number);

const source = await emojiScenes({ size: 16, seed });
const { sprites, backgrounds } = /** @type {{ sprites: string[], backgrounds: string[] }} */ (
  source.describe().settings
);
const classes = { names: sprites.length, backgrounds: backgrounds.length };
const device = await createDevice("wasm", { wasm: { threads: 1 } });

// One batch in ten shows the emoji that training of other models never sees, from an index on that no validation reaches.
const FIRST_HELD_OUT = 1_000_000;
const held = new Map(sprites.map((name, i) => [name, i]));

/** Which emoji comes first by place, which second, how they lie, and on what. */
const labelOf = (split, index) => {
  const { kind, where, objects, background } = source.layout(split, index);
  const [first, second = first] = objects.map(({ sprite }) => held.get(sprite));
  const swapped = kind === "pair" && (where === "right" || where === "below");
  const arrangement =
    kind === "pair" ? (where === "left" || where === "right" ? "beside" : "above") : kind === "small" ? where : "big";
  return [
    swapped ? second : first,
    swapped ? first : second,
    arrangements.indexOf(arrangement),
    backgrounds.indexOf(background),
  ];
};

const heads = ["near", "far", "arrangement", "background"];
const shapes = Object.entries(emojiShapes(classes));
const initial = new Map();
for (const [i, [name, shape]] of shapes.entries()) {
  const fanIn = shape.length > 1 ? shape.slice(0, -1).reduce((n, m) => n * m, 1) : 1;
  const normal = await random.normal(random.foldIn(random.key(seed), i), [...shape]).data(device);
  // He et al., arXiv 1502.01852; biases start at 0.
  initial.set(name, { shape, data: normal.map((x) => (name.endsWith("bias") ? 0 : x * Math.sqrt(2 / fanIn))) });
}
const network = emojiNetwork(initial, classes);
const start = allWeights(network);

const loss = (weights, x, labels, noise) => {
  const outputs = valuesOf(network, add(permute(x, [0, 2, 3, 1]), noise), weights, heads);
  return outputs.map((logits, i) => crossEntropy(logits, labels[i])).reduce((a, b) => add(a, b));
};

const step = jit(
  (weights, m, v, x, labels, key, rates) => {
    // Half of the pictures get noise, of a deviation up to 0.2: generated pictures are not clean.
    const strength = random.uniform(random.foldIn(key, 0), [batch, 1, 1, 1], { low: -0.2, high: 0.2 });
    const noise = mul(random.normal(random.foldIn(key, 1), [batch, 16, 16, 3]), maximum(strength, 0));
    const { value, gradient } = valueAndGrad(loss)(weights, x, labels, noise);
    const next = weights.map((w, i) => adamw(w, gradient[i], m[i], v[i], rates, { beta2: 0.99, weightDecay: 0.01 }));
    return [value, next.map((n) => n[0]), next.map((n) => n[1]), next.map((n) => n[2])];
  },
  { device, donate: [0, 1, 2] },
);

const steps = Math.ceil(images / batch);
const pictures = allocateBatch(source, batch);
let weights = start.map(({ shape, data }) => device.tensor(data, shape));
let [m, v] = [0, 1].map(() => start.map(({ shape, data }) => device.tensor(new Float32Array(data.length), shape)));
let mean = 0;
const began = performance.now();
for (let t = 0; t < steps; t++) {
  const split = t % 10 === 9 ? "validation-emoji" : "train";
  const first = (split === "train" ? 0 : FIRST_HELD_OUT) + t * batch;
  source.batch(split, first, batch, pictures);
  const labels = Array.from({ length: batch }, (_, i) => labelOf(split, first + i));
  const x = device.tensor(pictures.images, [batch, 3, 16, 16]);
  const targets = heads.map((_, h) => device.tensor(Int32Array.from(labels, (row) => row[h])));
  const now = (t + 1) / steps;
  const lr = rate * Math.min(1, now / 0.03) * (0.5 + 0.5 * Math.cos(Math.PI * now));
  const rates = device.tensor([lr, 1 - 0.9 ** (t + 1), 1 - 0.99 ** (t + 1)]);
  const key = device.tensor(new Uint32Array([seed, t]), [2]);
  let value;
  [value, weights, m, v] = step(weights, m, v, x, targets, key, rates);
  mean += (await value.item()) / 100;
  for (const tensor of [x, ...targets, rates, key, value]) tensor.dispose();
  if (t % 100 === 99) {
    if (t % 1000 === 999)
      console.log(`${t + 1} steps, loss ${mean.toFixed(3)}, ${((performance.now() - began) / 1000).toFixed(0)} s`);
    mean = 0;
  }
}

// Features of about unit size, for kernels of distances have one scale: by a power of two, which changes nothing else, as what reads them is
// multiplied by it.
source.batch("train", 0, batch, pictures);
const seen = permute(device.tensor(pictures.images, [batch, 3, 16, 16]), [0, 2, 3, 1]);
const [sample] = valuesOf(network, seen, weights, ["features"]);
const scale = 2 ** Math.round(Math.log2(Math.sqrt(await mul(sample, sample).mean().item())));
const factors = [
  [/^features\./, 1 / scale],
  [/^(near|far|arrangement|background)\.weight$/, scale],
];
const names = start.map((one) => shapes.find(([name]) => initial.get(name) === one)?.[0]);
const trained = await Promise.all(
  weights.map(async (tensor, i) => {
    const factor = factors.find(([pattern]) => pattern.test(names[i]))?.[1] ?? 1;
    return (await tensor.data()).map((value) => value * factor);
  }),
);
const bytes = writeSafetensors(
  Object.fromEntries(names.map((name, i) => [name, { shape: start[i].shape, data: trained[i], format: "F16" }])),
  {
    names: JSON.stringify(sprites),
    backgrounds: JSON.stringify(backgrounds),
    images: String(images),
    seed: String(seed),
  },
);
writeFileSync(values.out, bytes);
console.log(`${values.out}: ${bytes.length} bytes`);
device.destroy();
