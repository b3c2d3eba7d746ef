import { product } from "../../math/product.js";
import type { DataScale, PowerTerms, SurfaceForm } from "../form.js";
import { floorFactor, vanished } from "./terms.js";

/**
 * The family E + A/N^α + B/D^β in Hoffmann's log-sum-exp form, θ = (a, b[, e], α[, β]) with E = exp e, A = exp a, B = exp b.
 * A form drops E or ties the exponents.
 */
const powerTerms = (name: string, has: PowerTerms): SurfaceForm => {
  const theta = ["a", "b", ...(has.floor ? ["e"] : []), "alpha", ...(has.tied ? [] : ["beta"])];
  const eAt = has.floor ? 2 : -1;
  const alphaAt = has.floor ? 3 : 2;
  const betaAt = has.tied ? alphaAt : alphaAt + 1;
  return {
    name,
    formula: `${has.floor ? "E + " : ""}A/N^alpha + B/D^${has.tied ? "alpha" : "beta"}`,
    theta,
    parameters: [
      { name: "E", ...(has.floor && { exponentialOf: "e" }) },
      { name: "A", exponentialOf: "a" },
      { name: "B", exponentialOf: "b" },
      { name: "alpha", exponent: "alpha" },
      { name: "beta", exponent: has.tied ? "alpha" : "beta" },
    ],
    logLoss(t, lnN, lnD, gradient) {
      const n = t[0]! - t[alphaAt]! * lnN;
      const d = t[1]! - t[betaAt]! * lnD;
      const e = has.floor ? t[eAt]! : Number.NEGATIVE_INFINITY;
      const top = Math.max(Math.max(n, d), e);
      // One of the three is exp(0): skipping it is a third of the cost of a fit.
      const en = n === top ? 1 : Math.exp(n - top);
      const ed = d === top ? 1 : Math.exp(d - top);
      const ee = e === top ? 1 : Math.exp(e - top);
      const sum = en + ed + ee;
      const pn = en / sum;
      const pd = ed / sum;
      gradient[0] = pn;
      gradient[1] = pd;
      if (has.floor) gradient[eAt] = ee / sum;
      gradient[alphaAt] = -lnN * pn;
      if (has.tied) gradient[alphaAt]! -= lnD * pd;
      else gradient[betaAt] = -lnD * pd;
      return top + Math.log(sum);
    },
    recentre(t, shiftN, shiftD) {
      const out = [...t];
      out[0] = t[0]! - t[alphaAt]! * shiftN;
      out[1] = t[1]! - t[betaAt]! * shiftD;
      return out;
    },
    floor: (t) => (has.floor ? Math.exp(t[eAt]!) : 0),
    ...(has.floor && {
      withFloor(t: readonly number[], floor: number, scale: DataScale) {
        const factor = floorFactor(Math.exp(t[eAt]!), floor, scale);
        const out = [...t];
        for (const j of [0, 1]) out[j] = t[j]! - Math.log(factor);
        for (const j of [alphaAt, betaAt].slice(0, has.tied ? 1 : 2)) out[j] = t[j]! * factor;
        out[eAt] = Math.log(floor);
        return out;
      },
    }),
    trade: (t) => ({ a: t[0]!, b: t[1]!, alpha: t[alphaAt]!, beta: t[betaAt]!, slope: t[alphaAt]! }),
    terms: has,
    starts: (scale) => startGrid(scale, has),
    atBound(t, scale) {
      if (has.floor && vanished(t[eAt]!, scale)) return "E";
      if (vanished(t[0]!, scale)) return "A";
      if (vanished(t[1]!, scale)) return "B";
      return undefined;
    },
  };
};

const FLOOR_SHARES = [0.02, 0.4, 0.8, 0.95];
const EXPONENTS = [0.1, 0.3, 0.6, 1.2];
const EVEN = [0.5];
/** Without a floor to take it up, what one term cannot explain goes to the other, and the valleys lie far apart. */
const UNEVEN = [0.05, 0.5, 0.95];

/**
 * Starts from the data, not from language models: the floor between nothing and the smallest loss, the rest of the loss at the
 * centre shared between the two terms, exponents from slow to fast.
 */
const startGrid = ({ lowestLoss, medianLoss }: DataScale, has: PowerTerms): number[][] =>
  product(has.floor ? FLOOR_SHARES : [0], has.floor ? EVEN : UNEVEN, EXPONENTS, has.tied ? [0] : EXPONENTS).map(
    ([floorShare, share, alpha, beta]) => {
      const floor = floorShare! * lowestLoss;
      const [a, b] = [Math.log((medianLoss - floor) * share!), Math.log((medianLoss - floor) * (1 - share!))];
      return [a, b, ...(has.floor ? [Math.log(floor)] : []), alpha!, ...(has.tied ? [] : [beta!])];
    },
  );

const LEVELS = [0, 5, 10, 15, 20, 25];
const LOG_FLOORS = [-1, -0.5, 0, 0.5, 1];
const STEPS = [0, 0.5, 1, 1.5, 2];

/** The 4,500 points of Approach 3 (2203.15556, with e as printed by 2404.10102). */
const hoffmannGrid = (): number[][] => product(LEVELS, LEVELS, LOG_FLOORS, STEPS, STEPS);

export const chinchilla: SurfaceForm = {
  ...powerTerms("chinchilla", { floor: true, tied: false }),
  grids: { hoffmann: hoffmannGrid },
};
export const tied = powerTerms("tied", { floor: true, tied: true });
export const noFloor = powerTerms("no-floor", { floor: false, tied: false });
