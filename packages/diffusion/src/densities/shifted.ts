import { type Kinds, kind, positive } from "@isoflop/spec";
import type { Tensor } from "@isoflop/tensor";
import * as v from "valibot";
import { check, checkDensity } from "../checks.js";
import { defineDensity, densityOn, type PathDensity, type TimestepDensity } from "../density.js";
import { shiftOf } from "../shift.js";

/** The density of shifted times. @throws DiffusionError("option") unless by > 0 */
export const shifted = (density: TimestepDensity, by: number): TimestepDensity => {
  checkDensity("shifted", density);
  check(positive, by, "shifted: by");
  const quantile = <T>(u: T): T => density.quantile(u as Tensor) as T;
  return defineDensity(
    `${density.name}, shifted by ${by}`,
    (m, u) => shiftOf(m, quantile(u), by),
    (t) => {
      const stretch = by - (by - 1) * t;
      return (density.pdf(t / stretch) * by) / stretch ** 2;
    },
  );
};

/** Any density of a registry, shifted. */
export const shiftedKind = (all: () => Kinds<TimestepDensity | PathDensity>) =>
  kind({
    name: "shifted",
    options: {
      density: v.optional(
        v.lazy(() => all().schema),
        { kind: "logitNormal" },
      ),
      by: positive,
    },
    build({ density, by }): TimestepDensity | PathDensity {
      const inner = all().build(density);
      if (!("on" in inner)) return shifted(inner, by);
      return {
        name: `${inner.name}, shifted by ${by}`,
        on: (path, device) => shifted(densityOn(inner, path, device), by),
      };
    },
  });
