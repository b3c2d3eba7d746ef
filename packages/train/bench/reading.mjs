// What reading batches of pictures from a file costs beside the training step that waits for them: node bench/reading.mjs [patch …]
// (after a build). 10,000 images of 64 px, batches of 16, a transformer of width 128 on one thread of wasm.
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { allocateBatch, finiteSource, words } from "@isoflop/data";
import { keptSet } from "@isoflop/data/node";
import { createDevice, leavesOf } from "@isoflop/tensor";
import { train } from "@isoflop/train";

const [IMAGES, SIZE, BATCH, DEPTH] = [10_000, 64, 16, 5];
const patches = process.argv.slice(2).map(Number);

const folder = mkdtempSync(path.join(os.tmpdir(), "isoflop-bench-"));
const device = await createDevice("wasm", { wasm: { threads: 1 } });
try {
  const data = await pictures();
  const out = allocateBatch(data, BATCH);
  const reads = 600;
  const start = performance.now();
  for (let i = 0; i < reads; i++) data.batch("train", i * BATCH, BATCH, out);
  const reading = (performance.now() - start) / reads;
  console.log(`${device.description}; a batch of ${BATCH}: ${reading.toFixed(3)} ms`);
  for (const patch of patches.length > 0 ? patches : [4, 2]) {
    const step = await stepOf(data, patch);
    console.log(
      `patch ${patch}: a step ${step.toFixed(0)} ms, reading is ${((100 * reading) / step).toFixed(3)} % of it`,
    );
  }
} finally {
  device.destroy();
  rmSync(folder, { recursive: true });
}

async function pictures() {
  const set = await keptSet({
    ...{ folder, key: "noise" },
    write: async (writer) => {
      let state = 1;
      for (let i = 0; i < IMAGES; i++) {
        const record = Uint8Array.from({ length: 3 * SIZE * SIZE }, () => {
          state = (state * 48271) % 0x7fffffff;
          return state;
        });
        writer.append(record, `${i}.png`, `a caption of some ten words or so, number ${i}`);
      }
      return { shape: [3, SIZE, SIZE], values: "u8", bad: [], remarks: [] };
    },
  });
  return finiteSource({
    ...{ name: "bench", store: set.store, hashes: set.hashes, nameOf: set.nameOf, validation: 0.05, settings: {} },
    captions: words(set.captionOf, { vocabulary: 512, captionLength: 16 }),
    provenance: { name: "bench", package: null, licence: "none", files: [], renderer: "none" },
  });
}

async function stepOf(data, patch) {
  const context = { kind: "words", tokens: data.captionLength, vocabulary: data.vocabulary.size };
  const image = { height: SIZE, width: SIZE, channels: 3 };
  const model = { image, patch, width: 128, depth: DEPTH, heads: 2, conditioning: "inContext", context };
  const reports = [];
  const { weights } = await train(
    { model, steps: 4, batch: BATCH, validation: { images: 64 } },
    { device, data, readEvery: 1, onProgress: ({ step, seconds }) => reports.push([step, seconds]) },
  );
  for (const tensor of leavesOf(weights)) tensor.dispose();
  // The first report holds compilation.
  const [from, to] = [reports[0], reports.at(-1)];
  return (1000 * (to[1] - from[1])) / (to[0] - from[0]);
}
