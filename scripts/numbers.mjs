// What the command line computes, number for number, before and after a change:
//   node scripts/numbers.mjs collect FOLDER [--root CHECKOUT] [--from BEFORE] [--skip-study]
//   node scripts/numbers.mjs compare BEFORE AFTER [--expected FILE]
// `collect` asks the built command line of this checkout, or of another one, for the plans of the studies that come along, saved fits with their
// reports, what is asked of them, FLOPs, and the quick study with seed 0 (minutes), and writes it into the folder. With --from it asks
// the fits and goes on with the study that another version has written, which trains nothing.
// `compare` takes the numbers of each document as a multiset, wherever they stand in it, and fails when one of BEFORE is lost in AFTER
// that no line "document#kind | key | reason" of the expected ones names ("*" stands for anything). Left out are versions, hashes and
// dates, and in trainings and studies times.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { collect } from "./lib/numbers/collect.mjs";
import { compareDocuments, readExpectations } from "./lib/numbers/compare.mjs";
import { comparisonText } from "./lib/numbers/print.mjs";
import { readDocuments } from "./lib/numbers/read.mjs";
import { root } from "./lib/workspace.mjs";

const usage =
  "node scripts/numbers.mjs collect FOLDER [--root CHECKOUT] [--from BEFORE] [--skip-study] | compare BEFORE AFTER [--expected FILE]";

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      root: { type: "string" },
      from: { type: "string" },
      "skip-study": { type: "boolean" },
      expected: { type: "string" },
    },
  });
  const [command, first, second] = positionals;
  if (command === "collect" && first && !second) {
    const from = values.from && resolve(values.from);
    const failed = collect(resolve(first), resolve(values.root ?? root), { study: !values["skip-study"], from });
    process.exitCode = failed > 0 ? 1 : 0;
  } else if (command === "compare" && first && second) {
    const comparisons = compareDocuments(readDocuments(first), readDocuments(second));
    const expected = values.expected ? readExpectations(readFileSync(values.expected, "utf8")) : [];
    const { text, unexpected } = comparisonText(comparisons, expected);
    console.log(text);
    process.exitCode = unexpected > 0 ? 1 : 0;
  } else throw new Error(usage);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
