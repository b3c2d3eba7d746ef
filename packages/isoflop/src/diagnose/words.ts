import { computeRule, type Diagnosis, type DiagnosisStep, type LossTerm } from "@isoflop/scaling";
import { interval, num, percent, round, signedPercent } from "../words/numbers.js";
import { type Passage, table, type Words } from "../words/passage.js";
import { seedNoiseWords } from "../words/seed-noise.js";
import type { DiagnosisDocument } from "./diagnose.js";

/** What a person reads of a diagnosis. */
export const diagnosisWords = ({ diagnosis, structure, seedNoise, status, message }: DiagnosisDocument): Words => [
  status !== "converged" && `caution: the fit is not sound, ${status}: ${message}`,
  structure?.ok === true && structure.warning !== undefined && `caution: the form does not hold: ${structure.warning}`,
  ...partsWords(diagnosis),
  stepsTable(diagnosis),
  optimumWords(diagnosis),
  halfWords(diagnosis),
  seedNoise && { notes: seedNoiseWords(seedNoise) },
];

const names: Readonly<Record<LossTerm["of"], string>> = { N: "finite size", D: "finite data", floor: "floor" };

type Parts = Extract<Diagnosis["parts"], { readonly ok: true }>;

const partsWords = ({ given, quantity, loss, parts }: Diagnosis): Words => {
  const model = `N = ${num(given.N)}, D = ${num(given.D)}, C = ${num(given.C)}`;
  const all = ["all", num(loss.value), loss.ci95 ? interval(loss.ci95, 4) : "–", "100 %", ""];
  if (!parts.ok)
    return [table([model, quantity, "95 % interval"], [all.slice(0, 3)]), `not taken apart: ${parts.message}`];
  const rows = parts.terms.map(({ of, amount, share }) => [
    names[of],
    num(amount.value),
    interval(amount.ci95, 4),
    percent(share.value, 1),
    `[${share.ci95.map((end) => percent(end, 1)).join(", ")}]`,
  ]);
  return [table([model, quantity, "95 % interval", "share", "95 % interval"], [...rows, all]), dominantWords(parts)];
};

const dominantWords = ({ dominant: { of, clear, lead } }: Parts): string =>
  clear
    ? `the ${names[of]} dominates`
    : `the ${names[of]} is the largest part, but not clearly: ahead by ${signedPercent(lead.value, 1)} of the loss, in [${lead.ci95.map((end) => signedPercent(end, 1)).join(", ")}]`;

/** What is done in a step. */
export const stepNames: Readonly<Record<DiagnosisStep["step"], string>> = {
  N: "N doubled",
  D: "D doubled",
  "N and D": "N and D doubled",
  C: "C doubled, at its best",
  moved: "C the same, at its best",
};

const stepsTable = ({ steps, quantity, given, loss, elasticity }: Diagnosis): Passage => ({
  ...table(
    ["then", "N", "D", "C / now", quantity, "95 % interval", "less by"],
    steps.map(({ step, N, D, C, loss: there, gain }) => [
      stepNames[step],
      num(N, 4),
      num(D, 4),
      num(C / given.C, 3),
      num(there.value),
      there.ci95 ? interval(there.ci95, 4) : "–",
      `${num(gain.value, 3)} (${percent(gain.value / loss.value, 2)})`,
    ]),
  ),
  notes: [
    `one per cent more N changes ${quantity} by ${signedPercent(elasticity.N.value / 100, 4)}, one more of D by ${signedPercent(elasticity.D.value / 100, 4)}`,
  ],
});

const optimumWords = ({ optimum, flopsPerToken }: Diagnosis): string => {
  if (!optimum.ok) return `no optimum under ${computeRule({ flopsPerToken })}: ${optimum.message}`;
  const { ratio, deadweight } = optimum;
  const wasted = Number.isFinite(deadweight)
    ? `; ${percent(Math.max(0, deadweight), 1)} more compute than its loss needs`
    : "";
  return `size ${num(ratio.value, 3)} times the best one of this compute under ${computeRule({ flopsPerToken })}, ${interval(ratio.ci95, 3)}${wasted}`;
};

const halfWords = ({ half, quantity }: Diagnosis): string => {
  if (!half.ok) return `half of what is above the floor cannot be reached: ${half.message}`;
  const { loss, C, N, D, factor } = half;
  const spread = factor.ci95.every(Number.isFinite) ? `, in ${interval(factor.ci95, 3)}` : "";
  return `half of what is above the floor, ${quantity} ${num(loss)}, takes ${num(factor.value, 3)} times the compute${spread}: C = ${round(C.value)}, N = ${num(N.value, 4)}, D = ${num(D.value, 4)}`;
};
