import { type LinkFit, linkForms } from "@isoflop/scaling";
import { estimateCells, num, round } from "../../words/numbers.js";
import { table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

const scaleNames: Readonly<Record<LinkFit["scale"], (name: string) => string>> = {
  raw: (name) => name,
  log: (name) => `ln ${name}`,
  logit: (name) => `logit ${name}`,
};

/** What a person reads of a link. @param broken what the test for a break came to */
export const linkWords = (saved: SavedFit<LinkFit>, broken: readonly string[] = []): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  const { form, parameters, choices, names, scale, residualStandardDeviation } = fit;
  const given = Object.entries(choices).map(([name, value]) => `${name} = ${round(value)} as given`);
  return [
    pointsUsed(saved),
    table(
      [`m = ${names.y}, L = ${names.x}: ${linkForms.get(form).formula}`, "value", "std. error", "95 % interval"],
      Object.entries(parameters).map(([name, estimate]) => [name, ...estimateCells(estimate)]),
    ),
    broken.length > 0 && { notes: broken },
    [`residuals of ${scaleNames[scale](names.y)}: ${num(residualStandardDeviation, 3)}`, ...given].join("; "),
  ];
};
