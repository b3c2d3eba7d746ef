import type { Parameterization } from "@isoflop/flops";
import { kind, kinds, whole } from "@isoflop/spec";
import * as v from "valibot";

const size = whole({ atLeast: 1 });

const all = kinds("parameterization", [
  kind({
    name: "standard",
    about: "initial weights as published, one learning rate for all parameters",
    options: {},
    build: (): Parameterization => ({ kind: "standard" }),
  }),
  kind({
    name: "muP",
    about: "the maximal update parametrization: one learning rate for all widths",
    options: { baseWidth: size, baseHeads: v.exactOptional(size) },
    build: (base): Parameterization => ({ kind: "muP", ...base }),
  }),
]);

/** How a model's initial weights, learning rates and attention follow its width: the names and records of a `Parameterization` of `@isoflop/flops`. */
export const parameterizations = {
  names: all.names,
  schema: all.schema as v.GenericSchema as v.GenericSchema<Parameterization>,
} as const;
