import { type ComparisonSummary, heldOutOf, verdictOfArms } from "@isoflop/plot";
import { interval, num, round } from "../words/numbers.js";
import { table, type Words } from "../words/passage.js";

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
          const check = heldOutOf(summary).at(-1);
          const loss = check?.prediction.predicted.loss;
          const pair = paired.findLast(({ C, heldOut }) => heldOut && C === check?.prediction.given.C);
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
  ];
};
