import { type HeldOutCheck, heldOutOf, methodNames, type StudySummary } from "@isoflop/plot";
import { optimaAndLaws } from "../fit/isoflop/words.js";
import { interval, num, round, signedPercent } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";

/** The study's numbers for a person: runs, optima, laws, the test, and where the time went. */
export const studyWords = (summary: StudySummary): Words => {
  const { runs, fit, timings } = summary;
  const checks = heldOutOf(summary);
  return [
    {
      title: "Runs",
      ...table(
        ["C, FLOPs", "N", "D", "loss", "std. error", "seconds"],
        runs.map(({ C, N, D, loss, sigma, seconds }) => [
          round(C),
          num(N, 4),
          num(D, 4),
          num(loss),
          sigma === undefined ? "–" : num(sigma, 2),
          seconds.toFixed(1),
        ]),
      ),
    },
    ...(fit ? optimaAndLaws(fit) : []),
    ...checks.map((check, i) => ({
      ...(i === 0 && { title: "Held out" }),
      ...methodsTable(check),
      notes: verdict(check),
    })),
    timings && {
      title: "Time",
      ...table(
        ["step", "seconds"],
        Object.entries(timings).map(([name, seconds]) => [name, seconds.toFixed(1)]),
      ),
    },
  ];
};

/** What each method said before anything was trained there. */
const methodsTable = ({ methods }: HeldOutCheck): Pick<Passage, "table"> | undefined =>
  methods &&
  table(
    ["method", "N*", "loss of the trained size", "95 % interval"],
    methods.map(({ method, N, loss }) => [
      methodNames[method],
      num(N.value, 4),
      num(loss.value),
      loss.interval95 ? interval(loss.interval95) : "–",
    ]),
  );

/** What was predicted, and whether it came so. */
const verdict = ({ prediction, methods, measured }: HeldOutCheck): string[] => {
  const { given, predicted } = prediction;
  const { value, interval95 = [Number.NaN, Number.NaN] } = predicted.loss!;
  const who = methods?.[0] ? `${methodNames[methods[0].method]}` : "the law";
  const said = `at ${round(given.C!)} FLOPs ${who} predicts a loss of ${num(value)}, ${interval(interval95)}`;
  if (!measured) return [said];
  const { loss, sigma } = measured;
  const inside = loss >= interval95[0] && loss <= interval95[1];
  return [
    said,
    `measured ${num(loss)} ± ${num(sigma, 2)}: ${signedPercent(loss / value - 1, 1)} from the prediction, ${inside ? "inside" : "OUTSIDE"} the interval`,
  ];
};
