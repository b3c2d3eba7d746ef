/** Prints the table of the README on foresight. Run: `pnpm bench:foresight [studies] [truth,…] [form that joins the mixture]`. */
import { type Foresight, foresight, type TruthName, truths } from "./foresight.js";

const [studies = "150", asked, joins] = process.argv.slice(2);
const names = (asked?.split(",") ?? truths) as readonly TruthName[];
const cell = ({ covered, halfWidth, rms }: Foresight) =>
  `${(100 * covered).toFixed(1)} % (±${(100 * halfWidth).toFixed(1)} %, rms z ${rms.toFixed(2)})`;

console.log("| truth | noise | mixture | joint fit, the wider |\n| --- | --- | --- | --- |");
for (const truth of names)
  for (const noise of [0.01, 0.02]) {
    const { mixture, joint } = foresight(truth, noise, Number(studies), { joins });
    console.log(`| ${truth} | ${100 * noise} % | ${cell(mixture)} | ${cell(joint)} |`);
  }
