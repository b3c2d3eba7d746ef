/** Draws the figure of the README again: the exponent by all four methods on the synthetic runs. */
import { fileURLToPath } from "node:url";
import { document } from "@isoflop/plot/node";
import { analyse } from "./analysis.js";
import { comparedEstimates } from "./estimates.js";
import { comparison } from "./figures.js";
import { readOptions } from "./options.js";
import { loadRuns } from "./runs.js";
import { writeFileIn } from "./write.js";

const options = readOptions([]);
const analysis = await analyse(await loadRuns(options), options);
const [exponent] = comparedEstimates(analysis);
const path = fileURLToPath(new URL("../figures/exponents.svg", import.meta.url));
await writeFileIn(path, comparison(exponent!, analysis.reference?.label).draw({ document }));
console.log("figures/exponents.svg");
