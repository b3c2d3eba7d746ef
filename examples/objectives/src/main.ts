import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { emojiSelection } from "@isoflop/data";
import { emojiScenes } from "@isoflop/data/node";
import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { createDevice } from "@isoflop/tensor";
import { study } from "./study.js";

const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "2500" },
    width: { type: "string", default: "48" },
    depth: { type: "string", default: "3" },
    out: { type: "string", default: "runs/objectives" },
  },
});
const [steps, width, depth] = [Number(values.steps), Number(values.width), Number(values.depth)];

using device = await createDevice();
console.log(device.description);
const few = ["rocket", "cherries", "cactus", "star", "penguin", "pumpkin"];
const data = await emojiScenes({ size: 16, selection: emojiSelection.filter(({ name }) => few.includes(name)) });
const settings = {
  ...{ steps, width, depth, heads: 3, batch: 16, learningRate: 0.005, images: 256 },
  ...{ samples: 6, samplingSteps: 30, guidance: 2, seed: 0 },
};
let told = 0;
const page = await study(device, data, settings, (objective, step) => {
  if (Date.now() - told < 2000 && step < steps) return;
  told = Date.now();
  console.log(`${objective}: ${step} / ${steps}`);
});
await mkdir(values.out, { recursive: true });
const file = join(values.out, "report.html");
await writeFile(file, renderPage(page, { document }));
console.log(`Wrote ${file}`);
