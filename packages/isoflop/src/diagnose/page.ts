import { intervalsFigure, lossTermsFigure } from "@isoflop/plot";
import type { Diagnosis } from "@isoflop/scaling";
import type { Page } from "../page/page.js";
import { stepNames } from "./words.js";

/** Of what the loss is made along the best models, and the loss after each step. */
export const diagnosisPage = (diagnosis: Diagnosis): Page => {
  const { frontier, steps, quantity, loss } = diagnosis;
  const rows = steps.map(({ step, loss: { value, ci95 } }) => ({
    name: stepNames[step],
    value,
    ...(ci95?.every(Number.isFinite) && { interval: ci95 }),
  }));
  return {
    title: "Diagnosis",
    figures: [
      frontier.length > 1 && lossTermsFigure(diagnosis),
      intervalsFigure({ label: quantity }, rows, {
        reference: { at: loss.value, label: "now" },
        caption: `The ${quantity} after each step, with the 95 % interval of where the surface lies.`,
      }),
    ],
  };
};
