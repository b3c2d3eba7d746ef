import {
  agreementSection,
  asQuantity,
  type HeldOutCheck,
  heldOutOf,
  lawSection,
  linkWords,
  type MetricResults,
  methodNames,
  metricLead,
  type StudySummary,
  sharpnessSection,
} from "@isoflop/plot";
import { optimaAndLaws } from "../fit/isoflop/words.js";
import { interval, num, round, signedPercent } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import { LOSS } from "../words/quantity.js";

/** The study's numbers for a person: runs, optima, laws, the test and how sharp it was, and where the time went. */
export const studyWords = (summary: StudySummary): Words => {
  const { runs, timings, quantities = [] } = summary;
  const sharpness = sharpnessSection(summary);
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
    ...lawWords(summary),
    ...heldOutWords(summary),
    ...(sharpness ? led(sharpness) : []),
    agreementSection(summary),
    ...quantities.flatMap((results) => metricWords(summary, results)),
    timings && {
      title: "Time",
      ...table(
        ["step", "seconds"],
        Object.entries(timings).map(([name, seconds]) => [name, seconds.toFixed(1)]),
      ),
    },
  ];
};

const lawWords = (study: StudySummary): Words => {
  const law = lawSection(study);
  const { fit } = study;
  return [law, law && fit && { title: "Approach 2, beside it" }, ...(fit ? optimaAndLaws(fit) : [])];
};

const heldOutWords = (study: StudySummary, quantity = LOSS): Words =>
  atOneCompute(heldOutOf(study)).map((checks, i) => ({
    ...(i === 0 && { title: quantity === LOSS ? "Held out" : `${quantity}: held out` }),
    ...methodsTable(checks, quantity),
    notes: checks.flatMap((check) => verdict(check, checks.length > 1, quantity)),
  }));

/** The same of a metric, in short, and how it goes with the loss. */
const metricWords = (summary: StudySummary, results: MetricResults): Words => {
  const { title, fit, link } = results;
  const own = asQuantity(summary, results);
  const law = lawSection(own);
  return [
    { title, notes: [metricLead(results)] },
    ...(law ? [{ ...law, title: `${title}: the law that predicts` }] : fit ? optimaAndLaws(fit) : []),
    ...heldOutWords(own, title),
    link && { title: `${title}: from the loss`, notes: linkWords(link) },
  ];
};

/** A terminal has no place for a lead but before everything else. */
const led = ({ title, lead, table, notes }: Passage): Words => [
  { ...(title !== undefined && { title }), ...(lead !== undefined && { notes: [lead] }) },
  { ...(table && { table }), ...(notes && { notes }) },
];

/** Checks of several sizes of one compute belong together. */
const atOneCompute = (checks: readonly HeldOutCheck[]): readonly (readonly HeldOutCheck[])[] => {
  const computes = new Map<string, HeldOutCheck[]>();
  for (const check of checks) {
    const C = round(check.prediction.given.C!);
    computes.set(C, [...(computes.get(C) ?? []), check]);
  }
  return [...computes.values()];
};

/** What each method said before anything was trained there. */
const methodsTable = (checks: readonly HeldOutCheck[], quantity: string): Pick<Passage, "table"> | undefined => {
  const rows = checks.flatMap(({ prediction: { given }, methods = [] }) =>
    methods.map((one) => ({ ...one, trained: given.N })),
  );
  if (rows.length === 0) return undefined;
  const several = checks.length > 1;
  return table(
    ["method", ...(several ? ["trained"] : []), "N*", `${quantity} of the trained size`, "95 % interval"],
    rows.map(({ method, trained, N, loss }) => [
      methodNames[method],
      ...(several ? [trained === undefined ? "–" : num(trained, 4)] : []),
      num(N.value, 4),
      num(loss.value),
      loss.interval95 ? interval(loss.interval95) : "–",
    ]),
  );
};

/** What was predicted, and whether it came so. */
const verdict = ({ prediction, methods, measured }: HeldOutCheck, sized: boolean, quantity: string): string[] => {
  const { given, predicted } = prediction;
  const { value, interval95 = [Number.NaN, Number.NaN] } = predicted.loss!;
  const who = methods?.[0] ? `${methodNames[methods[0].method]}` : "the law";
  const of = sized && given.N !== undefined ? `, for ${num(given.N, 4)} parameters` : "";
  const said = `at ${round(given.C!)} FLOPs ${who} predicts a ${quantity} of ${num(value)}, ${interval(interval95)}${of}`;
  if (!measured) return [said];
  const { loss, sigma } = measured;
  const inside = loss >= interval95[0] && loss <= interval95[1];
  return [
    said,
    `measured ${num(loss)} ± ${num(sigma, 2)}: ${signedPercent(loss / value - 1, 1)} from the prediction, ${inside ? "inside" : "OUTSIDE"} the interval`,
  ];
};
