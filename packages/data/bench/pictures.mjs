// Pictures of one's own: node bench/pictures.mjs [images] [size] (after a build). Images per second while JPEGs of 256 px are decoded
// for the first time; then time per batch and memory of a set whose records are in a file. Works in a temporary folder.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import sharp from "sharp";
import { allocateBatch, finiteSource, words } from "../dist/index.js";
import { keptSet, openSource } from "../dist/node.js";

const [images = 100_000, size = 64] = process.argv.slice(2).map(Number);
const ENCODED = 2000;
const BATCH = 16;

const folder = mkdtempSync(path.join(os.tmpdir(), "isoflop-bench-"));
try {
  await decoding(path.join(folder, "images"));
  await reading();
} finally {
  rmSync(folder, { recursive: true });
}

async function decoding(place) {
  mkdirSync(place);
  for (let i = 0; i < ENCODED; i++) {
    const noise = { type: "gaussian", mean: 60 + (i % 128), sigma: 30 };
    const image = sharp({ create: { width: 256, height: 256, channels: 3, background: "#000", noise } });
    writeFileSync(path.join(place, `${i}.jpg`), await image.jpeg().toBuffer());
    writeFileSync(path.join(place, `${i}.txt`), `picture number ${i}`);
  }
  const open = () => openSource({ source: "images", path: place, size }, { cacheFolder: path.join(folder, "cache") });
  const first = await seconds(open);
  const again = await seconds(open);
  console.log(
    `decoding: ${(ENCODED / first).toFixed(0)} images/s of ${ENCODED} JPEGs of 256 px to ${size} px; ${again.toFixed(2)} s when kept`,
  );
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function reading() {
  const bytes = 3 * size * size;
  const set = await keptSet({
    folder: path.join(folder, "kept"),
    key: "numbers",
    write: async (writer) => {
      const record = new Uint8Array(bytes);
      for (let i = 0; i < images; i++) {
        new DataView(record.buffer).setUint32(0, i);
        writer.append(record, `${i}.png`, `a caption of some ten words or so, number ${i}`);
      }
      return { shape: [3, size, size], values: "u8", bad: [], remarks: [] };
    },
  });
  const started = performance.now();
  const source = finiteSource({
    ...{ name: "bench", store: set.store, hashes: set.hashes, nameOf: set.nameOf, validation: 0.05, settings: {} },
    captions: words(set.captionOf, { vocabulary: 512, captionLength: 16 }),
    provenance: { name: "bench", package: null, licence: "none", files: [], renderer: "none" },
  });
  const opened = (performance.now() - started) / 1000;
  const out = allocateBatch(source, BATCH);
  const batches = Math.min(5000, Math.floor(images / BATCH));
  for (let i = 0; i < 100; i++) source.batch("train", i * BATCH, BATCH, out);
  const start = performance.now();
  for (let i = 0; i < batches; i++) source.batch("train", i * BATCH, BATCH, out);
  const perBatch = (performance.now() - start) / batches;
  const megabytes = (value) => `${(value / 2 ** 20).toFixed(0)} MiB`;
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  console.log(
    `reading: ${images} images of ${size} px, ${megabytes(images * bytes)} in a file; opened in ${opened.toFixed(2)} s`,
  );
  console.log(`a batch of ${BATCH}: ${perBatch.toFixed(3)} ms, ${((1000 * BATCH) / perBatch).toFixed(0)} images/s`);
  console.log(`memory: ${megabytes(rss)} resident, ${megabytes(heapUsed)} heap, ${megabytes(arrayBuffers)} buffers`);
}
