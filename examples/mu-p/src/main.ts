import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditionings } from "@isoflop/flops";
import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { createDevice } from "@isoflop/tensor";
import { coordinates } from "./coordinates.js";
import { pageOf } from "./page.js";
import { rates, transfer } from "./transfer.js";

const { values } = parseArgs({
  options: {
    conditioning: { type: "string", default: "inContext" },
    widths: { type: "string", default: "16,32,64,128" },
    steps: { type: "string", default: "200" },
    seeds: { type: "string", default: "1" },
    out: { type: "string", default: "runs/mu-p" },
  },
});
const conditioning = conditionings.find((name) => name === values.conditioning);
if (!conditioning)
  throw new Error(`--conditioning is "${values.conditioning}"; it takes one of ${conditionings.join(", ")}`);
const widths = values.widths.split(",").map(Number);
const wrong = widths.find((width) => !(Number.isInteger(width) && width >= 8 && width % 8 === 0));
if (wrong !== undefined) throw new Error(`--widths has ${wrong}; it takes multiples of 8, such as 16,32,64`);
const [steps, seeds] = [Number(values.steps), Number(values.seeds)];

using device = await createDevice("wasm", { wasm: { threads: 1 } });
const moved = await coordinates(device, widths, conditioning);
for (const { parameterization, layer, slope } of moved)
  console.log(`${parameterization} ${layer}: slope ${slope.toFixed(2)}`);
const tried = await transfer(device, {
  ...{ widths, steps, seeds, conditioning },
  onTried: ({ parameterization, width, seed, losses }) =>
    console.log(`${parameterization} ${width} (seed ${seed}): ${losses.map((loss) => loss.toFixed(3)).join(" ")}`),
});
await mkdir(values.out, { recursive: true });
const setting = `Diffusion transformers (${conditioning}, two blocks, heads 8 wide) on scenes of shapes at 16 pixels, ${steps} steps of 16 pictures, widths ${widths.join(", ")}, told a learning rate at width 32; rates ${rates.map((rate) => rate.toPrecision(2)).join(", ")}, ${seeds} seed${seeds > 1 ? "s" : ""}.`;
await writeFile(join(values.out, "report.html"), renderPage(pageOf({ moved, widths, tried }, setting), { document }));
const rows = tried.map(({ parameterization, width, seed, losses }) =>
  [parameterization, width, seed, ...losses].join(),
);
await writeFile(
  join(values.out, "transfer.csv"),
  `${["parameterization", "width", "seed", ...rates].join()}\n${rows.join("\n")}\n`,
);
console.log(`Wrote ${join(values.out, "report.html")} and transfer.csv beside it`);
