import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import * as fields from "../../records/fields.js";
import { refusalReasons } from "../../types.js";

const ofSize = (size: number) =>
  record({
    ok: v.exactOptional(fields.ok),
    /** Products of numbers by name: `N`, `D/N`. */
    predictors: fields.listOf(size - 1, text),
    /** Of each predictor. */
    exponents: fields.each(fields.estimate),
    /** Where every predictor is 1, usually far outside the data: read it with the exponents, never alone. */
    coefficient: fields.coefficient,
    /** Natural log of the coefficient: what was fitted. */
    logCoefficient: fields.estimate,
    /** Of (ln coefficient, exponents in the order of `predictors`). */
    covariance: fields.covariance(size),
    /** Of ln y of a new optimum about the law; not known of a joint fit, which has no optima of its own. */
    residualStandardDeviation: fields.spread,
    /** √(χ²/ν) of the optima about the law, where their errors are known: above 1 they scatter more than their sweeps show. */
    birge: v.exactOptional(fields.notNegative),
    degreesOfFreedom: whole({ atLeast: 1 }),
    r2: v.exactOptional(fields.finite),
    points: whole(),
  });

/** y = c · Π x_j^γ_j: the best learning rate or batch size against C, or N and D. */
export interface HyperparameterLaw extends fields.Read<ReturnType<typeof ofSize>> {}

/** Errors of as many numbers as there are predictors, and the coefficient. */
const lawSchema = fields.checked(
  v.lazy((value) => {
    const predictors = fields.fieldOf(value, "predictors");
    return ofSize(1 + (Array.isArray(predictors) ? predictors.length : 0));
  }) as v.GenericSchema as ReturnType<typeof ofSize>,
  ({ predictors, exponents }) => {
    const missing = predictors.find((name) => !Object.hasOwn(exponents, name));
    if (missing === undefined && Object.keys(exponents).length === predictors.length) return undefined;
    return { path: ["exponents"], input: exponents, right: `an exponent of each of ${predictors.join(", ")}` };
  },
);

const cell = record({
  /** What its runs share. */
  at: fields.each(positive),
  /** Hyperparameters of its runs, and their losses; empty where the optima were given. */
  values: fields.each(fields.positives),
  losses: fields.list(fields.finite),
  /** Best value of each hyperparameter; absent where the cell has none of its own. */
  optimum: v.exactOptional(fields.each(fields.coefficient)),
  /** Least loss in it. */
  loss: v.exactOptional(fields.finite),
  /** Why it has no optimum. */
  refused: v.exactOptional(record({ reason: choice(refusalReasons), message: text })),
});

/** Runs of one size and budget that differ in their hyperparameters. */
export interface HyperparameterCell extends fields.Read<typeof cell> {}

const sensitivity = record({
  /** κ of loss = least + κ (ln y − ln y*)², the other hyperparameters at their best. */
  curvature: fields.estimate,
  /** What being off by a factor of two, either way, adds to the loss: κ (ln 2)². */
  factor2: fields.estimate,
});

export const hyperparameterSchema = fields.checked(
  record({
    ...fields.head("hyperparameter"),
    /**
     * `optima`: the best values were given. `cells`: the minimum of a parabola, or a quadratic bowl, in each cell, then a weighted law.
     * `joint`: one curvature and the law through all runs at once.
     */
    method: choice(["optima", "cells", "joint"]),
    status: choice(["converged", "unidentified"]),
    message: v.exactOptional(text),
    /** By hyperparameter. */
    laws: fields.each(lawSchema as v.GenericSchema<unknown, HyperparameterLaw>),
    /** Whether the basins are of the loss or of ln loss; costs are in the loss's unit or a share of it. */
    scale: choice(["raw", "log"]),
    /** What being off costs, by hyperparameter; absent where there are no losses. */
    sensitivity: v.exactOptional(fields.each(sensitivity)),
    /** Of one run about its basin, pooled over cells; absent where there are no losses. */
    noise: v.exactOptional(record({ standardDeviation: fields.spread, degreesOfFreedom: whole() })),
    cells: fields.list(cell),
    points: whole(),
  }),
  ({ laws, cells, method }) => {
    const names = Object.keys(laws);
    const odd =
      method === "joint" ? undefined : names.find((name) => !Number.isFinite(laws[name]!.residualStandardDeviation));
    if (odd !== undefined) {
      const path = ["laws", odd, "residualStandardDeviation"];
      return { path, input: laws[odd]!.residualStandardDeviation, right: "a finite number, where there are optima" };
    }
    if (names.length === 0) return { path: ["laws"], input: laws, right: "a law at least" };
    const i = cells.findIndex(({ optimum }) => optimum && names.some((name) => !Object.hasOwn(optimum, name)));
    if (i < 0) return undefined;
    return { path: ["cells", i, "optimum"], input: cells[i]!.optimum, right: `a value of each of ${names.join(", ")}` };
  },
);

/** Laws of hyperparameters with the sweeps they are from. A record: it survives JSON whole. */
export interface HyperparameterFit extends fields.Read<typeof hyperparameterSchema> {}
