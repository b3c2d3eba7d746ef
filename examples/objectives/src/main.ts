import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emojiSelection } from "@isoflop/data";
import { emojiScenes } from "@isoflop/data/node";
import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { createDevice } from "@isoflop/tensor";
import { heads, help, readOptions } from "./options.js";
import { study } from "./study.js";

const main = async (args: readonly string[]): Promise<void> => {
  const { help: asked, steps, width, depth, out } = readOptions(args);
  if (asked) return console.log(help);
  using device = await createDevice();
  console.log(device.description);
  const few = ["rocket", "cherries", "cactus", "star", "penguin", "pumpkin"];
  const data = await emojiScenes({ size: 16, selection: emojiSelection.filter(({ name }) => few.includes(name)) });
  const settings = {
    ...{ steps, width, depth, heads, batch: 16, learningRate: 0.005, images: 256 },
    ...{ samples: 6, samplingSteps: 30, guidance: 2, seed: 0 },
  };
  let told = 0;
  const page = await study(device, data, settings, (objective, step) => {
    if (Date.now() - told < 2000 && step < steps) return;
    told = Date.now();
    console.log(`${objective}: ${step} / ${steps}`);
  });
  await mkdir(out, { recursive: true });
  const file = join(out, "report.html");
  await writeFile(file, renderPage(page, { document }));
  console.log(`Wrote ${file}`);
};

await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
