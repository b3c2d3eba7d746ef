import { product } from "../../math/product.js";
import type { SurfaceForm } from "../form.js";
import { basin } from "./basin.js";
import { isoflopStart } from "./isoflop-start.js";
import { floorFactor, vanished } from "./terms.js";

/**
 * A power law above a floor that is known, with a correction that dies out: L = E + A (ND)^−α exp(r (ND)^−Δ + b(d)), the leading correction to
 * scaling of Wegner (1972, Phys. Rev. B 5:4529, eq. 1.6), where (ND)^−Δ is 1 amid the runs of a fit. d = ln N − ln N* and the basin b are those of `joint`, of
 * which the depth may change as a power of compute, κ (ND)^flat: small models part more than large ones. A loss that falls ever more slowly is thus on its
 * way to a smaller exponent, where `joint` takes it for one that nears its floor. E is not sought: it is the floor that was measured, or 0.
 * θ = (e, p, α, r, q, g, a, bend, k, flat, skew) with E = exp e, A = exp p, Δ = ½ exp q, G = exp g, κ = exp k.
 */
export const corrected: SurfaceForm = {
  name: "corrected",
  formula:
    "E + A (ND)^−alpha exp(r (ND)^−Delta + b(d)), d = ln N − ln G − a ln ND − bend (ln ND)², b = 2 kappa (ND)^flat (e^(skew d) − 1 − skew d)/skew²",
  theta: ["e", "p", "alpha", "r", "q", "g", "a", "bend", "k", "flat", "skew"],
  parameters: [
    { name: "E", exponentialOf: "e" },
    { name: "A", exponentialOf: "p" },
    { name: "alpha", exponent: "alpha", signed: true },
    { name: "r", exponent: "r", signed: true },
    { name: "Delta", of: (t) => DELTA * Math.exp(t[4]!) },
    { name: "G", exponentialOf: "g" },
    { name: "a", exponent: "a", signed: true },
    { name: "bend", exponent: "bend", signed: true },
    { name: "kappa", exponentialOf: "k" },
    { name: "flat", exponent: "flat", signed: true },
    { name: "skew", exponent: "skew", signed: true },
  ],
  unquoted(parameters) {
    const of = (name: string) => parameters[name] ?? Number.NaN;
    const log = (name: string) => Math.log(of(name));
    return [
      ...[log("E"), log("A"), of("alpha"), of("r"), log("Delta") - Math.log(DELTA)],
      ...[log("G"), of("a"), of("bend"), log("kappa"), of("flat"), of("skew")],
    ];
  },
  logLoss(t, lnN, lnD, gradient) {
    const [e, p, alpha, r, q] = [t[0]!, t[1]!, t[2]!, t[3]!, t[4]!];
    const c = lnN + lnD;
    const d = lnN - t[5]! - (t[6]! + t[7]! * c) * c;
    const { height, slope, tilt } = basin(d, Math.exp(t[8]! + t[9]! * c), t[10]!);
    const delta = DELTA * Math.exp(q);
    const left = Math.exp(-delta * c);
    const reducible = p - alpha * c + r * left + height;
    const top = Math.max(e, reducible);
    const [floor, rest] = [Math.exp(e - top), Math.exp(reducible - top)];
    const share = rest / (floor + rest);
    gradient[0] = floor / (floor + rest);
    gradient[1] = share;
    gradient[2] = -share * c;
    gradient[3] = share * left;
    gradient[4] = -share * r * left * delta * c;
    gradient[5] = -share * slope;
    gradient[6] = -share * slope * c;
    gradient[7] = -share * slope * c * c;
    gradient[8] = share * height;
    gradient[9] = share * height * c;
    gradient[10] = share * tilt;
    return top + Math.log(floor + rest);
  },
  recentre(t, shiftN, shiftD) {
    const [e, p, alpha, r, q, g, a, bend, k, flat, skew] = t as Theta;
    const c = shiftN + shiftD;
    const left = r * Math.exp(-DELTA * Math.exp(q) * c);
    const size = g + (a + bend * c) * c - shiftN;
    return [e, p - alpha * c, alpha, left, q, size, a + 2 * bend * c, bend, k + flat * c, flat, skew];
  },
  floor: (t) => Math.exp(t[0]!),
  withFloor(t, floor, scale) {
    const factor = floorFactor(Math.exp(t[0]!), floor, scale);
    const [, p, alpha, r, q, g, a, bend, k, flat, skew] = t as Theta;
    return [
      ...[Math.log(floor), p - Math.log(factor), alpha * factor, r * factor, q],
      ...[g, a, bend, k + Math.log(factor), flat, skew],
    ];
  },
  optimum: (t, lnND) => t[5]! + (t[6]! + t[7]! * lnND) * lnND,
  floorKnown: true,
  prior: { r: 0.5, q: 0.7, bend: 0.04, flat: 0.3, skew: 3 },
  starts: (_, data) =>
    product(FLOORS, SKEWS).map(([share, skew]) => {
      const [e, p, alpha, g, a, k] = isoflopStart(data, share! * data.scale.lowestLoss);
      return [e, p, alpha, 0, 0, g, a, 0, k, 0, skew!];
    }),
  atBound: (t, scale) => (vanished(t[0]!, scale) ? "E" : undefined),
};

type Theta = readonly [number, number, number, number, number, number, number, number, number, number, number];

/** Corrections of critical phenomena have exponents about ½; the prior of q holds it within a factor of 2 of that, give or take (one standard deviation). */
const DELTA = 0.5;
/** Of the lowest loss. */
const FLOORS = [1e-3, 0.4, 0.7];
const SKEWS = [-1, 1];
