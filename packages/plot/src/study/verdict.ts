import { extent } from "@isoflop/scaling";
import { count, duration, fixed, flops, loss, plural } from "../chart/format.js";
import { verticesOf } from "../figures/budgets.js";
import { bestOf, byCompute, type HeldOut } from "../figures/laws.js";
import { nameOfCheck } from "../figures/strip.js";
import type { StudyParts } from "./parts.js";
import { type DrawnStudy, heldOutOf, methodNames } from "./study.js";

/** What the study says so far, in one line and in a few sentences. */
export interface Verdict {
  readonly state: "running" | "fitted" | "predicted" | "inside" | "outside";
  readonly headline: string;
  readonly sentences: string;
}

/** Whether the measured loss lies in the interval of a new measurement, ends included; undefined where nothing is measured yet. */
export const isInside = ({ prediction, measured }: HeldOut): boolean | undefined => {
  const { value, interval95: [low, high] = [value, value] } = prediction.predicted.loss;
  return measured && low <= measured.value && measured.value <= high;
};

/** States the outcome of the held-out checks, or how far the study has come. */
export const verdictOf = (study: DrawnStudy, { budgets, fitted, law, heldOut, quantity }: StudyParts): Verdict => {
  if (!fitted && !law) {
    const planned = study.plannedRuns ? ` of ${study.plannedRuns}` : "";
    return {
      state: "running",
      headline: "The study is not finished: no law has been fitted yet.",
      sentences: `${study.runs.length}${planned} runs are done, at ${plural(budgets.length, "budget")}.`,
    };
  }
  const used = verticesOf(budgets).map(({ C }) => C);
  const largest = law ? law.fitted[1] : Math.max(0, extent(used)[1]);
  const fittedOn = law
    ? `The law was fitted to ${plural(study.rollOut!.points, "run")} of ${plural(budgets.length, "budget")}, from ${flops(law.fitted[0])} up to ${flops(largest)}.`
    : `The laws were fitted to ${plural(used.length, "budget")} with an interior minimum, up to ${flops(largest)}.`;
  if (heldOut.length === 0) {
    return {
      state: "fitted",
      headline: "The laws are fitted. They have not been tested on a larger budget.",
      sentences: `${fittedOn} No held-out prediction is part of this study yet.`,
    };
  }
  const speakers = new Map(heldOut.map((check, i) => [check, speakerOf(study, i)]));
  const said = byCompute(heldOut).map((checks) =>
    checks.length > 1
      ? sentencesOfSizes(checks, speakers.get(checks[0])!, largest, quantity)
      : sentencesOf(checks[0], speakers.get(checks[0])!, largest, quantity),
  );
  return { ...outcomeOf(heldOut, quantity), sentences: [fittedOn, ...said].join(" ") };
};

const outcomeOf = (heldOut: readonly HeldOut[], quantity: string): Omit<Verdict, "sentences"> => {
  const results = heldOut.map(isInside);
  const tested = results.filter((inside) => inside !== undefined);
  const held = tested.filter((inside) => inside).length;
  const open = results.length - tested.length;
  if (tested.length === 0) {
    const headline =
      results.length === 1
        ? "The prediction is made. The run that tests it is not finished."
        : "The predictions are made. The runs that test them are not finished.";
    return { state: "predicted", headline };
  }
  const state = held === tested.length ? (open > 0 ? "predicted" : "inside") : "outside";
  if (results.length > 1) {
    const missed = tested.length - held;
    const parts = [
      `${held} held`,
      ...(missed > 0 ? [`${missed} missed`] : []),
      ...(open > 0 ? [`${open} ${open === 1 ? "is" : "are"} not measured yet`] : []),
    ];
    return { state, headline: `Of ${results.length} predictions ${parts.join(", ")}.` };
  }
  const headline =
    held === 1
      ? `The prediction held: the measured ${quantity} lies inside the predicted interval.`
      : `The prediction missed: the measured ${quantity} lies outside the predicted interval.`;
  return { state, headline };
};

const sentencesOf = ({ prediction, measured }: HeldOut, speaker: string, largest: number, quantity: string): string => {
  const { value, interval95: [low, high] = [value, value] } = prediction.predicted.loss;
  const predicted = `${placeOf(prediction.given.C, largest)} ${speaker} a ${quantity} of ${loss(value)}, 95\u00A0% interval ${loss(low)} to ${loss(high)}.`;
  if (!measured) return predicted;
  return `${predicted} The model trained there reached ${loss(measured.value)} (standard error ${loss(measured.standardError)}), ${offBy(measured.value, value)}.`;
};

/** Of several sizes of one compute what is said of them all, and what became of the best of them. */
const sentencesOfSizes = (
  checks: readonly [HeldOut, ...HeldOut[]],
  speaker: string,
  largest: number,
  quantity: string,
): string => {
  const losses = checks.map(({ prediction }) => prediction.predicted.loss);
  const ends = extent(losses.flatMap(({ value, interval95: [low, high] = [value, value] }) => [low, high]));
  const values = extent(losses.map(({ value }) => value)).map(loss);
  const said = values[0] === values[1] ? values[0]! : values.join(" to ");
  const predicted = `${placeOf(checks[0].prediction.given.C, largest)} ${speaker} a ${quantity} of ${said} for ${checks.length} sizes about the optimum, 95\u00A0% intervals from ${loss(ends[0])} to ${loss(ends[1])}.`;
  const best = bestOf(checks);
  if (!best?.measured) return predicted;
  const { value, standardError } = best.measured;
  const inside = isInside(best) ? "inside" : "outside";
  const { value: own } = best.prediction.predicted.loss;
  return `${predicted} The best of them, ${nameOfCheck(best)}, reached ${loss(value)} (standard error ${loss(standardError)}), ${offBy(value, own)} and ${inside} its interval.`;
};

/** "At 6.4×10¹² FLOPs, 4 times the largest of them," */
const placeOf = (C: number, largest: number): string =>
  `At ${flops(C)}${largest > 0 ? `, ${Number((C / largest).toPrecision(3))} times the largest of them,` : ""}`;

const offBy = (measured: number, predicted: number): string => {
  const deviation = measured / predicted - 1;
  return `${fixed(100 * Math.abs(deviation), 2)}\u00A0% ${deviation < 0 ? "below" : "above"} the prediction`;
};

/** Who predicts: the first of the methods, or the laws. */
const speakerOf = (study: DrawnStudy, check: number): string => {
  const [first] = heldOutOf(study)[check]?.methods ?? [];
  return first ? `${methodNames[first.method]} predicts` : "they predict";
};

/** The study in numbers, name to value. */
export const facts = ({ device, data, runs, plannedRuns, seconds }: DrawnStudy): [string, string][] => {
  const { backend, cpu, adapter, name, threads } = device;
  const detail = [name, adapter, cpu].find((value) => typeof value === "string");
  const machine = [backend, detail, typeof threads === "number" && plural(threads, "thread")];
  const spent = runs.reduce((sum, run) => sum + run.flops, 0);
  const planned = plannedRuns && plannedRuns !== runs.length ? ` of ${plannedRuns}` : "";
  const sizes = extent(runs.map(({ N }) => N)).map((size) => count(size));
  return Object.entries({
    Data: data.name,
    Runs: `${runs.length}${planned}`,
    ...(runs.length > 0 && { "Model sizes": sizes.join(" to "), Compute: flops(spent) }),
    "Wall clock": duration(seconds),
    Device: machine.filter(Boolean).join(", "),
  });
};
