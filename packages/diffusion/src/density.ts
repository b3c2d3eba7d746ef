import { number, shown } from "@isoflop/spec";
import { type Device, Tensor } from "@isoflop/tensor";
import { type Arithmetic, type Dual, dual } from "./arithmetic.js";
import { check, checkDensity, checkPath, unit } from "./checks.js";
import { must } from "./errors.js";
import type { Path } from "./path.js";

/** How often each time is trained at, on 0 (data) to 1 (noise). */
export interface TimestepDensity {
  readonly name: string;
  /** The t below which a share u of the draws falls, for a number in 0..1 or a tensor of such: increasing. */
  readonly quantile: Dual;
  /** Probability density at t, float64; 0 outside (0, 1). */
  pdf(t: number): number;
  /** The only times that it draws, rising, where there are no others; `pdf` then has each of them spread over the step that ends there. */
  readonly times?: readonly number[];
}

/** A density that is told in terms of noise, and has times only on a path. */
export interface PathDensity {
  readonly name: string;
  /** Its times on a path; on a device too, where it is to draw tensors of them by tables of its own. */
  on(path: Path, device?: Device): TimestepDensity;
}

/** A density's times on a path. One that is told in terms of noise can be given those of another path again. */
export const densityOn = (density: TimestepDensity | PathDensity, path: Path, device?: Device): TimestepDensity => {
  checkDensity("densityOn", density);
  checkPath("densityOn", path);
  return "on" in density ? Object.assign(density.on(path, device), { on: density.on }) : density;
};

const time = number();

/** A density from its quantile within (0, 1), one formula for numbers and tensors alike, and its pdf there. */
export const defineDensity = (
  name: string,
  formula: <T>(m: Arithmetic<T>, u: T) => T,
  pdf: (t: number) => number,
): TimestepDensity => {
  for (const [part, given] of Object.entries({ quantile: formula, pdf }))
    must(typeof given === "function", "option", `defineDensity: ${part} is ${shown(given)}; it takes a function.`);
  const quantile = dual(formula);
  const checked = (u: number | Tensor): number | Tensor => {
    if (u instanceof Tensor) return quantile(u);
    check(unit, u, `${name}: u`);
    return u === 0 || u === 1 ? u : quantile(u);
  };
  return {
    name,
    quantile: checked as Dual,
    pdf(t) {
      check(time, t, `${name}: t`);
      return t > 0 && t < 1 ? pdf(t) : 0;
    },
  };
};
