import { budgetsOf, interiorOptima } from "../figures/budgets.js";
import { count, duration, fixed, flops, loss } from "../format.js";
import { extent } from "../range.js";
import { given } from "../study/check.js";
import type { Study } from "../study/types.js";

/** What the study says so far, in one line and in a few sentences. */
export interface Verdict {
  readonly state: "running" | "fitted" | "predicted" | "inside" | "outside";
  readonly headline: string;
  readonly sentences: string;
}

/**
 * States the outcome of the held-out check, or how far the study has come. Inside means
 * interval95[0] <= measuredLoss <= interval95[1], ends included.
 */
export const verdictOf = (study: Study): Verdict => {
  const budgets = budgetsOf(study);
  const used = interiorOptima(budgets);
  const largest = used.reduce((most, { budget }) => Math.max(most, budget), 0);
  if (!given(study.laws)) {
    const planned = study.plannedRuns ? ` of ${study.plannedRuns}` : "";
    return {
      state: "running",
      headline: "The study is not finished: no law has been fitted yet.",
      sentences: `${study.runs.length}${planned} runs are done, at ${plural(budgets.length, "budget")}.`,
    };
  }
  const fittedOn = `The laws were fitted to ${plural(used.length, "budget")} with an interior minimum, up to ${flops(largest)}.`;
  const heldOut = study.heldOut;
  if (!given(heldOut)) {
    return {
      state: "fitted",
      headline: "The laws are fitted. They have not been tested on a larger budget.",
      sentences: `${fittedOn} No held-out prediction is part of this study yet.`,
    };
  }
  const { budget, predictedLoss, interval95, measuredLoss, measuredStdErr } = heldOut;
  const ratio = largest > 0 ? `, ${Number((budget / largest).toPrecision(3))} times the largest of them,` : "";
  const predicted =
    `${fittedOn} At ${flops(budget)}${ratio} they predict a loss of ${loss(predictedLoss)}, ` +
    `95\u00A0% interval ${loss(interval95[0])} to ${loss(interval95[1])}.`;
  if (!given(measuredLoss)) {
    return {
      state: "predicted",
      headline: "The prediction is made. The run that tests it is not finished.",
      sentences: predicted,
    };
  }
  const inside = interval95[0] <= measuredLoss && measuredLoss <= interval95[1];
  const noise = given(measuredStdErr) ? ` (standard error ${loss(measuredStdErr)})` : "";
  const deviation = measuredLoss / predictedLoss - 1;
  const off = `${fixed(100 * Math.abs(deviation), 2)}\u00A0% ${deviation < 0 ? "below" : "above"} the prediction`;
  return {
    state: inside ? "inside" : "outside",
    headline: inside
      ? "The prediction held: the measured loss lies inside the predicted interval."
      : "The prediction missed: the measured loss lies outside the predicted interval.",
    sentences: `${predicted} The model trained there reached ${loss(measuredLoss)}${noise}, ${off}.`,
  };
};

export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

/** The study in numbers, name to value. */
export const facts = (study: Study): [string, string][] => {
  const { cpu, adapter, name, threads } = study.device;
  const detail = [name, adapter, cpu].find((value) => typeof value === "string");
  const device = [study.device.backend, detail, typeof threads === "number" && plural(threads, "thread")];
  const spent = study.runs.reduce((sum, run) => sum + run.flops, 0);
  const planned = study.plannedRuns && study.plannedRuns !== study.runs.length ? ` of ${study.plannedRuns}` : "";
  const sizes = study.runs.map((run) => run.params);
  return [
    ["Data", typeof study.data === "string" ? study.data : study.data.name],
    ["Runs", `${study.runs.length}${planned}`],
    ...(sizes.length > 0
      ? ([
          [
            "Model sizes",
            extent(sizes)
              .map((size) => count(size))
              .join(" to "),
          ],
          ["Compute", `${flops(spent)}`],
        ] as [string, string][])
      : []),
    ["Wall clock", duration(study.seconds)],
    ["Device", device.filter(Boolean).join(", ")],
  ];
};
