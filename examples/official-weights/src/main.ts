import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { dit, paramsFrom } from "@isoflop/dit";
import { createDevice } from "@isoflop/tensor";
import { described, verified } from "./describe.js";
import { drawLabels } from "./draw.js";
import { identify } from "./identify.js";
import { help, readOptions } from "./options.js";
import { readWeightFile } from "./read-file.js";

/** The checkpoint that comes along: random numbers, as a folder of diffusers. */
export const bundled = fileURLToPath(new URL("../weights", import.meta.url));

/** Says what a file of weights is, verifies it and draws with it. @throws Error for what is wrong with options or file */
export const main = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  if (options.help) return console.log(help);
  const file = await readWeightFile(options.file ?? bundled);
  if (options.file === undefined) console.log("No file is given: this is the random checkpoint that comes along.");
  const found = identify(file, options);
  for (const line of described(file, found)) console.log(line);
  const model = dit(found.config);
  using device = await createDevice(options.device);
  const params = paramsFrom(model, file.arrays, device, { layout: found.layout, prefix: found.prefix });
  for (const line of verified(found, file)) console.log(`verified     ${line}`);
  if (found.config.context.kind !== "classes")
    return console.log("It is told what an encoder makes of text, so nothing is drawn here.");
  const { png, what } = await drawLabels(device, model, params, found, options);
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, png);
  console.log(`Wrote ${options.out}, ${what}.`);
};

/** Whether this file is what Node was started with. */
if (process.argv[1]?.endsWith("main.js"))
  await main(process.argv.slice(2)).catch((error: Error) => {
    const told = /no name or shape tells/.test(error.message) ? " Options: --heads N, --size N." : "";
    console.error(error.message + told);
    process.exitCode = 1;
  });
