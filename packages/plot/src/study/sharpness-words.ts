import { extent } from "@isoflop/scaling";
import { count, fixed, flops, loss, plural, signedPercent, significant } from "../chart/format.js";
import { bestOf } from "../figures/laws.js";
import { nameOfCheck } from "../figures/strip.js";
import type { Illustrated, PageTable } from "../page/section.js";
import { partsOf, type StudyParts } from "./parts.js";
import {
  byDistance,
  couldFail,
  floorsOf,
  type HeldOutOptimum,
  noiseOf,
  optimaOf,
  type RehearsedDistance,
  type Sharpness,
  scoreOf,
  sharpnessOf,
} from "./sharpness.js";
import type { StudySummary } from "./study.js";

/** How sharp the test of a study was, on a page and in a terminal alike; undefined where no mixture of forms speaks for it. */
export const sharpnessSection = (study: StudySummary): Illustrated | undefined => sharpnessIn(study, partsOf(study));

/** As {@link sharpnessSection}, of parts that are known. */
export const sharpnessIn = (study: StudySummary, parts: StudyParts): Illustrated | undefined => {
  const { rollOut, seal } = study;
  if (!rollOut || !parts.law) return undefined;
  const { rehearsals = [] } = rollOut;
  const tests = sharpnessOf(parts);
  const notes = [
    ...(rehearsals.length > 0 ? [correlated] : []),
    ...optimaOf(study, parts).map(optimumWords),
    noiseWords(study, parts),
    floorWords(study),
    validityWords(study, parts),
    seal !== undefined &&
      `What was predicted was sealed before anything was trained there: the SHA-256 of the predictions begins with ${seal}.`,
  ];
  return {
    title: "How sharp the test was",
    lead: tests.length > 0 ? tests.map(testWords).join(" ") : "Nothing is predicted beyond the fitted budgets yet.",
    ...(rehearsals.length > 0 && { table: rehearsalsTable(byDistance(rehearsals), scoreOf(rehearsals)) }),
    notes: notes.filter((note) => typeof note === "string"),
  };
};

const percent = (share: number, decimals = 1): string => `${fixed(100 * share, decimals)}\u00A0%`;

const testWords = (test: Sharpness): string => {
  const { C, halfWidths, improvement, reached, upper } = test;
  const [narrow, wide] = halfWidths;
  const widths = [...new Set([narrow, wide].map((width) => percent(width)))];
  const one = widths.length === 1;
  const intervals = one
    ? `the interval of a run's loss is ±\u2009${widths[0]}`
    : `the intervals of a run's loss are ±\u2009${widths.join(` to ±\u2009`)}, by its size`;
  const said = `At ${flops(C)} ${intervals}, and the law predicts a loss that is ${percent(improvement)} below the ${loss(reached)} of the largest fitted budget:`;
  if (!couldFail(test))
    return `${said} the test could not fail: a loss no better than that lies inside ${one ? "the interval" : "the widest"}, which ends at ${loss(upper)}.`;
  return `${said} ${one ? "the interval" : "the widest"} is ${significant(improvement / wide, 2)} times narrower than the improvement that it predicts, and a loss no better than that would have been outside.`;
};

const correlated =
  "Rehearsals are no independent tests: those of one fit share its error, neighbouring fits share most of their runs, and the intervals were made by the same procedure that is tested. Of so many that are correlated, all inside or several outside says less than it seems.";

const times = ([low, high]: readonly [number, number]): string => {
  const ends = [...new Set([low, high].map((value) => significant(value, 2)))].map((text) => text.replace(/\.0$/, ""));
  return `${ends.join(" to ")}\u00A0×`;
};

const rehearsalsTable = (distances: readonly RehearsedDistance[], all: RehearsedDistance): PageTable => {
  const cells = ({ pairs, runs, inside, rms, bias, halfWidth }: RehearsedDistance) => [
    ...[String(pairs), String(runs), `${inside} (${Math.round((100 * inside) / runs)}\u00A0%)`],
    ...[fixed(rms, 2), signedPercent(bias), `±\u2009${percent(halfWidth)}`],
  ];
  return {
    head: ["Rehearsed at", "Foreseen", "Runs", "Inside", "rms z", "Bias", "Interval"],
    units: [
      "the largest fitted budget",
      "budgets, by all fits",
      undefined,
      "of 95 % intervals",
      "1 if intervals are right",
      "measured − foreseen",
      "half width, mean",
    ],
    rows: [
      ...distances.map((one) => [times(one.distances), ...cells(one)]),
      ...(distances.length > 1 ? [["all", ...cells(all)]] : []),
    ],
    names: 1,
  };
};

const optimumWords = (found: HeldOutOptimum): string => {
  const { C, sizes, predicted, best, spread, minimum, atEnd, noise, withinNoise } = found;
  const { value, ci95 = [value, value] } = predicted;
  const law = `${count(value)} (${ci95.map((end) => count(end)).join(" to ")})`;
  const begin = `At ${flops(C)} the law's best size is ${law} parameters; of the ${sizes} that were trained ${nameOfCheck(best)}, has the least loss.`;
  const differ = `Their losses differ by ${percent(spread)}`;
  if (withinNoise && noise !== undefined)
    return `${begin} ${differ}, no more than seeds alone can make (up to ${percent(pairNoise(noise))} between two runs of one size): they do not say where the optimum is.`;
  if (minimum) {
    const at = minimum.value;
    const by = minimum.ci95 ? ` (${minimum.ci95.map((end) => count(end)).join(" to ")} by the noise of seeds)` : "";
    const inside = at >= ci95[0] && at <= ci95[1] ? "inside" : "outside";
    return `${begin} The parabola through them has its minimum at ${count(at)}${by}, ${inside} the law's interval.`;
  }
  const side = (best.N ?? 0) >= value ? "larger" : "smaller";
  if (atEnd && sizes > 2)
    return `${begin} ${differ}, and the least is at the end: they do not bracket the optimum, which lies at a ${side} size than the law's, or beyond.`;
  return `${begin} ${differ}${noise === undefined ? "" : `, more than the ${percent(pairNoise(noise))} that seeds make between two runs`}; ${sizes === 2 ? "two sizes do not bracket an optimum" : "no minimum lies between them"}.`;
};

/** By how much two runs that differ in their seeds are apart at most, in 95 of 100 cases. */
const pairNoise = (noise: number): number => 1.96 * Math.SQRT2 * noise;

const noiseWords = (study: StudySummary, { heldOut, law }: StudyParts): string | undefined => {
  const C = heldOut.at(-1)?.prediction.given.C ?? law?.fitted[1];
  const noise = C === undefined ? undefined : noiseOf(study, C);
  if (C === undefined || noise === undefined) return undefined;
  const { noise: measured } = study;
  const over = measured
    ? ` (${percent(measured.standardDeviation)} over all budgets, ${measured.ci95.map((end) => percent(end)).join(" to ")}, from ${plural(measured.runs, "run")} of ${plural(measured.cells, "size")} at their budgets)`
    : "";
  const begin = `One run's loss scatters by ${percent(noise)} with its seed at ${flops(C)}${over}.`;
  const best = bestOf(heldOut)?.measured;
  const own = best ? best.standardError / best.value : undefined;
  const alike = "shifts all runs alike, as all see the same images and noise";
  const validation =
    own === undefined
      ? undefined
      : `The standard error of its validation, ${percent(own)}, ${alike}${measured?.parts ? `; of what differs between runs it makes ${percent(measured.parts.validation)}` : ""}.`;
  return [begin, validation].filter(Boolean).join(" ");
};

const floorWords = (study: StudySummary): string | undefined => {
  const { floor } = study;
  const { joint, forms } = floorsOf(study);
  const fitted = [
    joint &&
      `${significant(joint.value, 2)} (${joint.ci95.map((end) => significant(end, 2)).join(" to ")}) by the joint fit`,
    forms && `${[...new Set(forms.map((end) => significant(end, 2)))].join(" to ")} by the forms of the mixture`,
  ].filter(Boolean);
  const apparent = fitted.length > 0 ? `The floor E that is fitted is ${fitted.join(", ")}` : undefined;
  if (!floor) return apparent && `${apparent}. Nobody knows the least loss that these data allow.`;
  const { value, standardError, prior } = floor;
  const who =
    prior === "all"
      ? "No model that was not told what is held out"
      : `No model, even one that knew the split "${prior}",`;
  const least = `${who} can be expected to have a loss below ${loss(value)} ± ${loss(standardError)} on these validation samples, the Bayes-optimal loss given the caption.`;
  const fittedFloor = joint?.value ?? forms?.[0];
  if (!apparent || fittedFloor === undefined) return least;
  const ratio = fittedFloor / value;
  const gap =
    ratio < 1
      ? ", which is less: a law with it ends below what any model can have"
      : ratio > 1.5
        ? `, ${significant(ratio, 2)} times as much: it is apparent, where this recipe seems to end over these budgets, and not what the data leave. A law with it must not be continued far`
        : ", about as much: the law ends where the data do";
  return `${least} ${apparent}${gap}.`;
};

/** For what the numbers hold. */
const validityWords = ({ runs, choices }: StudySummary, { law, budgets }: StudyParts): string | undefined => {
  if (!law) return undefined;
  const fitted = budgets.flatMap((budget) => budget.runs);
  const widths = runs.flatMap(({ width, C }) => (width !== undefined && C <= law.fitted[1] ? [width] : []));
  const sizes = extent(fitted.map(({ N }) => N)).map((size) => count(size));
  const range = `${plural(budgets.length, "budget")} from ${flops(law.fitted[0])} to ${flops(law.fitted[1])}, ${sizes.join(" to ")} parameters${widths.length > 0 ? `, widths ${extent(widths).join(" to ")}` : ""}`;
  const recipe = choices?.recipe === undefined ? "one recipe" : "one recipe, which Choices states";
  return `Range of validity: ${range}, ${recipe}. Exponents belong to a recipe and a range; another batch, rate, depth or average has others.`;
};
