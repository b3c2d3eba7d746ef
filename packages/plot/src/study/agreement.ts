import { type Estimate, extent, type Flops, type Predicted, predictPowerLaw } from "@isoflop/scaling";
import { count, fixed, flops, significant } from "../chart/format.js";
import { byCompute, exponentFormat } from "../figures/laws.js";
import type { Section } from "../page/section.js";
import { partsOf } from "./parts.js";
import { asQuantity } from "./quantities.js";
import type { DrawnStudy } from "./study.js";

/** The optimum that a quantity asks for. */
export interface QuantityOptimum {
  readonly quantity: string;
  /** Of N* and D* against C. */
  readonly exponents: Readonly<Record<"N" | "D", Estimate>>;
  at(C: Flops): Predicted | undefined;
}

/** By how much the best size of a quantity is larger than that of the loss, at 95 %, their errors taken for independent. */
export interface OptimumRatio {
  readonly quantity: string;
  readonly ratio: number;
  readonly ci95: readonly [number, number];
  readonly agrees: boolean;
}

const z95 = 1.959964;

/** By the law that predicts where there is one, else by Approach 2; undefined where a quantity has neither. */
const optimumOf = (study: DrawnStudy): QuantityOptimum | undefined => {
  const { law, fitted, quantity } = partsOf(study);
  if (law) {
    const { N, D } = law.exponents();
    return { quantity, exponents: { N, D }, at: (C) => law.at(C)?.N };
  }
  if (!fitted) return undefined;
  const { N, D } = fitted.laws;
  return { quantity, exponents: { N: N.exponent, D: D.exponent }, at: (C) => predictPowerLaw(N, C) };
};

/** The optima of a study's quantities side by side, the loss first; undefined where no metric has one. */
export const agreementSection = (study: DrawnStudy): Section | undefined => {
  const { quantities = [], fit } = study;
  const [loss, ...others] = [study, ...quantities.map((results) => asQuantity(study, results))].map(optimumOf);
  const metrics = others.filter((one) => one !== undefined);
  if (!loss || metrics.length === 0 || !fit) return undefined;
  const beyond = byCompute(partsOf(study).heldOut).map(([{ prediction }]) => prediction.given.C);
  const [low, high] = extent(fit.budgets.map(({ C }) => C));
  const computes = [low, high, ...beyond];
  return {
    title: "Do the quantities agree?",
    table: {
      head: ["Best model by", "Exponent of N*", "Exponent of D*", ...computes.map((C) => `N* at ${flops(C)}`)],
      units: [undefined, "95 % interval", "95 % interval", ...computes.map(() => "parameters")],
      rows: [loss, ...metrics].map(({ quantity, exponents, at }) => [
        quantity,
        ...[exponents.N, exponents.D].map(({ value, ci95 }) => within(value, ci95, exponentFormat("N"))),
        ...computes.map((C) => {
          const there = at(C);
          return there ? within(there.value, there.ci95, count) : "–";
        }),
      ]),
      names: 1,
    },
    notes: [high, ...beyond].map((C) => agreementWords(C, ratiosAt(C, loss, metrics))),
  };
};

const within = (
  value: number,
  interval: readonly [number, number] | undefined,
  words: (value: number) => string,
): string =>
  !Number.isFinite(value)
    ? "–"
    : `${words(value)}${interval?.every(Number.isFinite) ? ` (${interval.map((end) => words(end)).join(" to ")})` : ""}`;

const ratiosAt = (C: Flops, loss: QuantityOptimum, metrics: readonly QuantityOptimum[]): readonly OptimumRatio[] => {
  const own = loss.at(C);
  return metrics.flatMap(({ quantity, at }): OptimumRatio[] => {
    const there = at(C);
    if (!own?.ci95 || !there?.ci95) return [];
    const ratio = there.value / own.value;
    const error = Math.hypot(logError(own.ci95), logError(there.ci95));
    const factor = Math.exp(z95 * error);
    return [
      { quantity, ratio, ci95: [ratio / factor, ratio * factor], agrees: Math.abs(Math.log(ratio)) <= z95 * error },
    ];
  });
};

/** Of ln y, from where y lies at 95 %. */
const logError = ([low, high]: readonly [number, number]): number =>
  low > 0 ? Math.log(high / low) / (2 * z95) : Number.POSITIVE_INFINITY;

/** An interval whose ends are further apart than this says nothing of a size. */
const widest = 100;

const agreementWords = (C: Flops, ratios: readonly OptimumRatio[]): string => {
  const told = ratios.filter(({ ci95: [low, high] }) => low > 0 && high / low < widest);
  const open = ratios.filter((one) => !told.includes(one)).map(({ quantity }) => quantity);
  const untold =
    open.length > 0 ? ` These runs do not tell the best size by ${open.join(" and by ")} within a factor of ten.` : "";
  if (told.length === 0) return `At ${flops(C)} nothing can be said of whether the quantities agree.${untold}`;
  const worded = told.map(({ quantity, ratio, ci95, agrees }) => {
    const ends = ci95.map((end) => fixed(end, 2)).join(" to ");
    return `${quantity} ${significant(ratio, 3)} (${ends})${agrees ? "" : ", not that of the loss"}`;
  });
  const differ = told.filter(({ agrees }) => !agrees).length;
  const verdict =
    differ === 0
      ? "the quantities agree on the best size within their intervals"
      : `${differ} of ${told.length} ${told.length === 1 ? "metric asks" : "metrics ask"} for another size than the loss`;
  return `At ${flops(C)} ${verdict}: its best size over that of the loss is ${worded.join("; ")}.${untold} The errors are taken for independent, though the runs are the same: a difference may be better known than that.`;
};
