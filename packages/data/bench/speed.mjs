// Images per second on one core, per source and size: node bench/speed.mjs (after a build). Fills one batch of 64 again and again.
import { allocateBatch, shapeScenes } from "../dist/index.js";
import { cifar10, emojiScenes } from "../dist/node.js";

const SECONDS = 2;
const BATCH = 64;

async function timed(load) {
  const start = performance.now();
  const source = await load();
  return { source, load: performance.now() - start };
}

function imagesPerSecond(source, split) {
  const out = allocateBatch(source, BATCH);
  const last = Math.min(source.size(split), 1e9) - BATCH;
  let index = 0;
  const fill = () => {
    source.batch(split, index, BATCH, out);
    index = (index + BATCH) % last;
  };
  for (let warm = 0; warm < 200; warm++) fill();
  const start = performance.now();
  let images = 0;
  while (performance.now() - start < SECONDS * 1000) {
    fill();
    images += BATCH;
  }
  return images / ((performance.now() - start) / 1000);
}

const loaders = [16, 32].flatMap((size) => [
  () => emojiScenes({ size }),
  () => shapeScenes({ size }),
  () => cifar10({ size }),
]);
console.log("source            load ms   train img/s   validation img/s");
for (const loader of loaders) {
  const { source, load } = await timed(loader);
  const [train, validation] = ["train", "validation"].map((split) => Math.round(imagesPerSecond(source, split)));
  console.log(
    source.name.padEnd(16),
    load.toFixed(0).padStart(8),
    String(train).padStart(13),
    String(validation).padStart(18),
  );
}
