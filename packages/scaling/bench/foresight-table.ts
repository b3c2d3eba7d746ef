/** Prints the table of the README on foresight. Run: `pnpm bench:foresight [studies]`. */
import { type Foresight, foresight, truths } from "./foresight.js";

const studies = Number(process.argv[2] ?? 150);
const cell = ({ covered, halfWidth, rms }: Foresight) =>
  `${(100 * covered).toFixed(1)} % (±${(100 * halfWidth).toFixed(1)} %, rms z ${rms.toFixed(2)})`;

console.log("| truth | noise | mixture | joint fit, the wider |\n| --- | --- | --- | --- |");
for (const truth of truths)
  for (const noise of [0.01, 0.02]) {
    const { mixture, joint } = foresight(truth, noise, studies);
    console.log(`| ${truth} | ${100 * noise} % | ${cell(mixture)} | ${cell(joint)} |`);
  }
