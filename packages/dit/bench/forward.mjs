// Time and arithmetic speed of a forward pass by conditioning: node bench/forward.mjs [wasm|webgpu] [threads] (after a build).
import { dit } from "@isoflop/dit";
import { forward } from "@isoflop/flops";
import { createDevice, jit, random } from "@isoflop/tensor";

const [kind = "wasm", threads = "1"] = process.argv.slice(2);
const device = await createDevice(kind, { wasm: { threads: Number(threads) } });
console.log(device.description);
const batch = 16;
const image = { height: 16, width: 16, channels: 3 };
const words = { kind: "words", tokens: 6, vocabulary: 64 };
const features = { kind: "features", tokens: 6, dim: 64 };
console.log("conditioning      ms    GFLOP/s");
for (const [conditioning, context] of [
  ["inContext", words],
  ["crossAttention", words],
  ["adaLN", words],
  ["adaLNZero", words],
  ["adaLNSingle", features],
  ["mmDit", { ...features, pooled: 32 }],
]) {
  const model = dit({ image, patch: 2, width: 64, depth: 4, heads: 2, conditioning, context });
  const params = model.init(random.key(1));
  const [x, tokens, pooled] = [
    random.normal(random.key(2), [batch, image.channels, image.height, image.width]),
    random.normal(random.key(3), [batch, 6, 64]),
    random.normal(random.key(4), [batch, 32]),
  ];
  const ids = device.tensor(new Int32Array(batch * words.tokens), [batch, words.tokens]);
  const condition = context.kind === "words" ? ids : conditioning === "mmDit" ? { tokens, pooled } : tokens;
  const times = device.tensor(Float32Array.from({ length: batch }, (_, i) => (i + 0.5) / batch));
  device.evaluate([params, x, condition]);
  const predict = jit(model.apply);
  const laps = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    await predict(params, x, times, condition).data();
    laps.push(performance.now() - start);
  }
  const ms = laps.sort((a, b) => a - b)[laps.length >> 1];
  const rate = (batch * forward(model.config).total) / ms / 1e6;
  console.log(`${conditioning.padEnd(15)} ${ms.toFixed(2).padStart(6)} ${rate.toFixed(1).padStart(8)}`);
}
process.exit(0);
