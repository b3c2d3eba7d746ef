// Features of pictures per second on one thread of `wasm`, and beside TensorFlow.js on its wasm backend where it is installed: it is no dependency.
//   npm install --prefix /tmp/tfjs @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0
//   node bench/speed.mjs [--tfjs /tmp/tfjs] [--rounds 5]
// Both take turns, network by network, on the same pictures; processor time counts, for others may run beside.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { inceptionV3, mobilenetV2 } from "@isoflop/features";
import { createDevice } from "@isoflop/tensor";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: { tfjs: { type: "string" }, rounds: { type: "string", default: "5" } },
});
const rounds = Number(values.rounds);

/** Milliseconds of processor time that `f` takes. */
const timed = async (f) => {
  const before = process.cpuUsage();
  await f();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
};

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** A layers model of nsfwjs up to the features, in TensorFlow.js. */
const tfjsModel = async (tf, model) => {
  const { modelJson, weightBundles } = model;
  const { default: json } = await modelJson();
  const parts = await Promise.all(weightBundles.map(async (bundle) => Buffer.from((await bundle()).default, "base64")));
  const bytes = Buffer.concat(parts);
  const whole = await tf.loadLayersModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    }),
  });
  return tf.model({ inputs: whole.inputs, outputs: whole.getLayer("flatten_1").output });
};

const loadTfjs = async (folder) => {
  const require = createRequire(import.meta.url);
  const place = (name) => resolve(folder, "node_modules/@tensorflow", name);
  const tf = require(place("tfjs"));
  const { setThreadsCount, setWasmPaths } = require(place("tfjs-backend-wasm"));
  setWasmPaths(`${place("tfjs-backend-wasm")}/dist/`);
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
  return tf;
};

const device = await createDevice("wasm", { wasm: { threads: 1 } });
const tf = values.tfjs && (await loadTfjs(values.tfjs));
console.log(device.description);
const networks = [
  {
    kind: mobilenetV2,
    size: 224,
    batch: 4,
    model: async () => (await import("nsfwjs/models/mobilenet_v2")).MobileNetV2Model,
  },
  {
    kind: inceptionV3,
    size: 299,
    batch: 4,
    model: async () => (await import("nsfwjs/models/inception_v3")).InceptionV3Model,
  },
];
for (const { kind, size, batch, model } of networks) {
  const extractor = kind.build({});
  const ours = await extractor.load(device);
  const area = 3 * size * size;
  const pixels = Float32Array.from({ length: batch * area }, (_, i) => Math.sin(i * 0.37) * Math.cos(i * 0.011));
  const images = { data: pixels, count: batch, channels: 3, height: size, width: size };
  const theirs = tf && (await tfjsModel(tf, await model()));
  const x = tf?.tensor4d(pixels, [batch, size, size, 3]);
  const predict = async () => {
    const y = theirs.predict(x);
    await y.data();
    y.dispose();
  };
  const times = { ours: [], theirs: [], ratio: [] };
  // The first rounds compile.
  for (let round = -2; round < rounds; round++) {
    const a = (await timed(() => ours.features(images))) / batch;
    const b = theirs ? (await timed(predict)) / batch : Number.NaN;
    if (round < 0) continue;
    times.ours.push(a);
    times.theirs.push(b);
    times.ratio.push(b / a);
  }
  const { ours: mine, theirs: peer, ratio } = times;
  const beside = theirs
    ? `; TensorFlow.js ${median(peer).toFixed(1)} ms (${median(ratio).toFixed(2)} times as long, ${Math.min(...ratio).toFixed(2)} to ${Math.max(...ratio).toFixed(2)})`
    : "";
  console.log(`${extractor.name}: ${median(mine).toFixed(1)} ms a picture${beside}`);
  ours.dispose();
}
device.destroy();
