// Draws pictures/BACKGROUND/NUMBER.png, 2,000 of 32 x 32 pixels, with what one sees on each in a .txt of the same name.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { shapeScenes } from "@isoflop/data";
import sharp from "sharp";

const COUNT = 2000;
const scenes = shapeScenes({ size: 32, seed: 0 });

/** People say the same at unlike length. */
const sayings = [
  (/** @type {string} */ what, /** @type {string} */ colour) => `${what}, on ${colour}.`,
  (/** @type {string} */ what, /** @type {string} */ colour) => `On a ${colour} background there is ${what}.`,
  (/** @type {string} */ what, /** @type {string} */ colour) =>
    `What I see is ${what}; everything that lies behind is ${colour}.`,
];

/** Of "a red circle left of a blue square on a white background": what is seen, and on which colour. */
const parts = (/** @type {string} */ caption) => {
  const [, what = "", colour = ""] = /^(.*) on an? (\w+) background$/.exec(caption) ?? [];
  return { what, colour };
};

/** Channel by channel in [-1, 1], as models read a picture, to pixel by pixel in bytes, as files have it. */
const pixels = (/** @type {Float32Array} */ image) =>
  Uint8Array.from(image, (_, i) => Math.round((image[(i % 3) * 1024 + Math.floor(i / 3)] ?? 0) * 127.5 + 127.5));

rmSync("pictures", { recursive: true, force: true });
for (let i = 0; i < COUNT; i++) {
  const { what, colour } = parts(scenes.caption("train", i));
  const file = `pictures/${colour}/${String(i).padStart(4, "0")}`;
  mkdirSync(`pictures/${colour}`, { recursive: true });
  writeFileSync(`${file}.txt`, `${sayings[i % 3]?.(what, colour)}\n`);
  const raw = { width: 32, height: 32, channels: /** @type {const} */ (3) };
  await sharp(pixels(scenes.batch("train", i, 1).images), { raw })
    .png()
    .toFile(`${file}.png`);
}
console.log(`${COUNT} pictures with a sentence each in pictures/`);
