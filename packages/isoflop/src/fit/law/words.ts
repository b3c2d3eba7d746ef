import { type Estimate, formOfLaw, type LawFit } from "@isoflop/scaling";
import { estimateCells, num } from "../../words/numbers.js";
import { table, type Words } from "../../words/passage.js";
import { pointsUsed } from "../points.js";
import type { SavedFit } from "../saved.js";

/** All that a law is quoted with. */
export const exponentsOf = ({ fit }: SavedFit<LawFit>): Readonly<Record<string, Estimate>> =>
  fit ? formOfLaw(fit.law).estimates(fit.law) : {};

/** What a person reads of a law. */
export const lawWords = (saved: SavedFit<LawFit>): Words => {
  const { fit } = saved;
  if (!fit) return [pointsUsed(saved)];
  const { formula, estimates, remark } = formOfLaw(fit.law);
  return [
    pointsUsed(saved),
    table(
      [formula, "value", "std. error", "95 % interval"],
      Object.entries(estimates(fit.law)).map(([name, estimate]) => [name, ...estimateCells(estimate)]),
    ),
    remark(fit.law, num),
  ];
};
