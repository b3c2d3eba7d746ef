/** Draws the figure of the README again: the loss at the held-out budget by the floor that is assumed. */
import { fileURLToPath } from "node:url";
import { document } from "@isoflop/plot/node";
import { analyse } from "./analysis.js";
import { floorFigure } from "./figures.js";
import { readOptions } from "./options.js";
import { writeFileIn } from "./write.js";

const path = fileURLToPath(new URL("../figures/floors.svg", import.meta.url));
await writeFileIn(path, floorFigure(analyse(readOptions([]))).draw({ document }));
console.log("figures/floors.svg");
