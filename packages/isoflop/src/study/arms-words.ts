import {
  type ComparisonSummary,
  type HeldOutCheck,
  heldOutOf,
  ratiosTable,
  type StudySummary,
  verdictOfArms,
} from "@isoflop/plot";
import { interval, num, round } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";

/** What the studies of a study say of each other, for a person. */
export const comparedWords = (study: ComparisonSummary): Words => {
  const { headline, sentences } = verdictOfArms(study);
  return [
    { title: `${study.compared} compared`, notes: [headline, ...sentences] },
    {
      ...table(
        [study.compared, "runs", "N exponent", "D exponent", "held out at", "predicted", "measured", "− the first"],
        study.arms.map(({ name, summary, exponents, paired = [] }) => {
          const exponent = (which: "N" | "D") => {
            const found = exponents?.[which];
            return found ? `${num(found.value, 3)} ${found.ci95 ? interval(found.ci95) : ""}` : "–";
          };
          const check = testOf(summary);
          const loss = check?.prediction.predicted.loss;
          const pair = paired.findLast(({ C, heldOut }) => heldOut && same(C, check?.prediction.given.C));
          return [
            ...[name, String(summary.runs.length), exponent("N"), exponent("D")],
            check?.prediction.given.C === undefined ? "–" : round(check.prediction.given.C),
            loss ? `${num(loss.value)} ${loss.interval95 ? interval(loss.interval95) : ""}` : "–",
            check?.measured ? `${num(check.measured.loss)} ± ${num(check.measured.sigma, 2)}` : "–",
            pair ? `${num(pair.difference.mean, 3)} ± ${num(pair.difference.stdErr, 2)}` : "–",
          ];
        }),
      ),
    },
    ratioWords(study),
  ];
};

/** By each quantity the compute that arms need over that of the first; nothing where there are no metrics. */
const ratioWords = (study: ComparisonSummary): Passage | false => {
  const { head, rows } = ratiosTable(study);
  if (study.metrics === undefined || rows.length === 0) return false;
  return { title: "Effective compute", ...table(head, rows, 2) };
};

/** Of the largest held-out compute the model that came to the least loss; the first, before anything is measured there. */
const testOf = (summary: StudySummary): HeldOutCheck | undefined => {
  const checks = heldOutOf(summary);
  const largest = checks.at(-1)?.prediction.given.C;
  const there = checks.filter(({ prediction }) => same(prediction.given.C, largest));
  const measured = there.filter((check) => check.measured);
  return measured.length > 0 ? measured.reduce((a, b) => (b.measured!.loss < a.measured!.loss ? b : a)) : there[0];
};

/** The C of a size is that of its budget but for rounding. */
const same = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && b !== undefined && Math.abs(a / b - 1) < 1e-9;
