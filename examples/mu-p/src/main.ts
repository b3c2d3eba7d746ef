import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renderPage } from "@isoflop/plot";
import { document } from "@isoflop/plot/node";
import { createDevice } from "@isoflop/tensor";
import { coordinates } from "./coordinates.js";
import { help, readOptions } from "./options.js";
import { pageOf } from "./page.js";
import { rates, transfer } from "./transfer.js";

const main = async (args: readonly string[]): Promise<void> => {
  const { help: asked, conditioning, widths, steps, seeds, out } = readOptions(args);
  if (asked) return console.log(help);
  using device = await createDevice("wasm", { wasm: { threads: 1 } });
  const moved = await coordinates(device, widths, conditioning);
  for (const { parameterization, layer, slope } of moved)
    console.log(`${parameterization} ${layer}: slope ${slope.toFixed(2)}`);
  const tried = await transfer(device, {
    ...{ widths, steps, seeds, conditioning },
    onTried: ({ parameterization, width, seed, losses }) =>
      console.log(`${parameterization} ${width} (seed ${seed}): ${losses.map((loss) => loss.toFixed(3)).join(" ")}`),
  });
  await mkdir(out, { recursive: true });
  const setting = `Diffusion transformers (${conditioning}, two blocks, heads 8 wide) on scenes of shapes at 16 pixels, ${steps} steps of 16 pictures, widths ${widths.join(", ")}, told a learning rate at width 32; rates ${rates.map((rate) => rate.toPrecision(2)).join(", ")}, ${seeds} seed${seeds > 1 ? "s" : ""}.`;
  await writeFile(join(out, "report.html"), renderPage(pageOf({ moved, widths, tried }, setting), { document }));
  const rows = tried.map(({ parameterization, width, seed, losses }) =>
    [parameterization, width, seed, ...losses].join(),
  );
  await writeFile(
    join(out, "transfer.csv"),
    `${["parameterization", "width", "seed", ...rates].join()}\n${rows.join("\n")}\n`,
  );
  console.log(`Wrote ${join(out, "report.html")} and transfer.csv beside it`);
};

await main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
