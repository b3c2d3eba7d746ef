import type { Outcome, PowerLaw, SaturatingLaw } from "@isoflop/scaling";
import { LOSS } from "../../runs/load.js";
import { estimateCells, interval, num, plural, round, symbol } from "../../words/numbers.js";
import { blocks, table } from "../../words/table.js";
import { pointsText } from "../points.js";
import type { IsoFlopDocument } from "./fit.js";

const statuses = {
  interior: "interior",
  "edge-minimum": "refused: minimum at the edge",
  "not-convex": "refused: no minimum",
  "too-few-sizes": "refused: too few sizes",
} as const;

/** What a person reads of an isoFLOP fit. */
export const isoFlopText = (document: IsoFlopDocument): string => {
  const { laws, choices } = document;
  return blocks(
    pointsText(document),
    budgetsText(document),
    table(
      ["y = coefficient · C^exponent", "coefficient", "exponent", "std. error", "95 % interval", "r²"],
      [
        lawRow("N, parameters", laws.N),
        lawRow("D, tokens", laws.D),
        lawRow(choices.quantity === LOSS ? "L, loss" : choices.quantity, laws.loss),
      ],
    ),
    floorText(laws.lossWithFloor, choices.quantity),
    bootstrapText(document),
    `minimum in ln ${choices.axis} by ${choices.optimum} of the ${choices.scale === "log" ? "logarithm of the " : ""}${choices.quantity}; budgets within ${round(100 * choices.tolerance)} %`,
  );
};

const budgetsText = ({ budgets, choices }: IsoFlopDocument): string =>
  table(
    ["C, FLOPs", "runs", "sizes", "N*", "D*", `${symbol(choices.quantity)}*`, "minimum"],
    budgets.map((budget) => {
      const counts = [round(budget.C), String(budget.points), String(budget.sizes)];
      const remark = budget.warnings.length > 0 ? ` (${budget.warnings.join(", ")})` : "";
      const status = `${statuses[budget.status]}${remark}`;
      if (budget.status !== "interior") return [...counts, "–", "–", "–", status];
      const { N, D, loss } = budget.optimum;
      return [...counts, num(N.value), num(D.value), num(loss.value), status];
    }),
  );

const lawRow = (name: string, law: Outcome<PowerLaw>): string[] => {
  if (!law.ok) return [name, "–", "–", "–", "–", `refused: ${law.reason}`];
  const [exponent, error, ci95] = estimateCells(law.exponent);
  return [name, num(law.coefficient.value), exponent!, error!, ci95!, num(law.r2, 6)];
};

const floorText = (law: Outcome<SaturatingLaw>, quantity: string): string => {
  if (!law.ok) return `with a floor: refused, ${law.message}`;
  const { floor, coefficient, exponent, status } = law;
  const remark = { converged: "", bound: "; no floor is seen", unidentified: "; a floor of zero is as likely" }[status];
  return `with a floor: ${symbol(quantity)} = ${num(floor.value)} + ${num(coefficient.value)} · C^−${num(exponent.value)}, floor ${interval(floor.ci95)}${remark}`;
};

const bootstrapText = ({ bootstrap }: IsoFlopDocument): string | undefined => {
  if (!bootstrap) return undefined;
  if (!bootstrap.ok) return `bootstrap refused: ${bootstrap.message}`;
  const rows = (["N", "D", "loss"] as const).map((name) => {
    const { median, standardError, ci95 } = bootstrap[name].exponent;
    return [name, num(median, 6), num(standardError, 3), interval(ci95)];
  });
  const head = `exponent, ${plural(bootstrap.resamples, "resample")}`;
  const failed = bootstrap.failed > 0 ? `\n${plural(bootstrap.failed, "resample")} refused and left out` : "";
  return `${table([head, "median", "std. error", "95 % interval"], rows)}${failed}`;
};
