import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import type { IsoFlop } from "../isoflop/isoflop.js";
import type { Parabola } from "../isoflop/parabola.js";
import type { BudgetProfile } from "../isoflop/profile.js";
import { power } from "../laws/power.js";
import { saturating } from "../laws/saturating.js";
import * as fields from "./fields.js";

const { exponentOf, notNegative, spread } = fields;

const parabolaSchema: v.GenericSchema<unknown, Parabola> = fields.whereFree(
  {
    // Where the loss does not bend there is no vertex.
    x: exponentOf,
    y: exponentOf,
    curvature: exponentOf,
    vertexLeverage: spread,
    fromKnownNoise: v.exactOptional(record({ x: spread, y: spread })),
    sumOfSquares: notNegative,
    residuals: fields.list(fields.finite),
    leverages: fields.list(fields.finite),
  },
  { residualVariance: notNegative },
  { residualVariance: spread },
);

const profile = {
  C: positive,
  runs: fields.list(fields.run),
  points: whole(),
  sizes: whole(),
  parabola: v.exactOptional(record({ N: parabolaSchema, D: parabolaSchema })),
  warnings: fields.list(choice(["off-centre", "flat", "outlier"])),
};

const interior = record({
  ...profile,
  status: v.literal("interior"),
  // On the axis that did not decide, the vertex may lie beyond any number.
  optimum: record({ N: fields.coefficient, D: fields.coefficient, loss: fields.estimate }),
  dInterior: v.boolean("true or false"),
});

const refused = ["edge-minimum", "not-convex", "too-few-sizes"] as const;

const without = record({ ...profile, status: choice(refused), message: text });

const budgetSchema: v.GenericSchema<unknown, BudgetProfile> = fields.checked(
  fields.by<BudgetProfile>("status", () => ({
    interior,
    ...Object.fromEntries(refused.map((status) => [status, without])),
  })),
  ({ points, runs, parabola }) => {
    if (runs.length !== points) return { path: ["runs"], input: runs, right: `a list of ${points}` };
    for (const [axis, { residuals, leverages }] of Object.entries(parabola ?? {})) {
      for (const [name, input] of Object.entries({ residuals, leverages }))
        if (input.length !== points) return { path: ["parabola", axis, name], input, right: `a list of ${points}` };
    }
    return undefined;
  },
);

const { bootstrapEstimate: resampled } = fields;
const resampledLaw = record({ exponent: resampled, coefficient: resampled, at: fields.list(resampled) });

export const isoFlopSchema: v.GenericSchema<unknown, IsoFlop> = fields.checked(
  record({
    ...fields.head("isoflop"),
    budgets: fields.list(budgetSchema),
    N: fields.outcome(power.schema),
    D: fields.outcome(power.schema),
    loss: fields.outcome(power.schema),
    lossWithFloor: fields.outcome(saturating.schema),
    dropped: fields.list(record({ C: positive, points: whole(), reason: choice(refused), message: text })),
    unassigned: fields.list(fields.run),
    noise: fields.whereFree({}, { standardDeviation: notNegative }, { standardDeviation: spread }),
    choices: record({
      tolerance: notNegative,
      optimum: choice(["parabola", "huber", "akima"]),
      scale: choice(["raw", "log"]),
      axis: choice(["N", "D"]),
      quantity: text,
      huberDelta: v.exactOptional(positive),
      budgets: v.exactOptional(fields.positives),
    }),
    bootstrap: v.exactOptional(
      fields.outcome(
        record({
          ok: fields.ok,
          N: resampledLaw,
          D: resampledLaw,
          loss: resampledLaw,
          seed: fields.finite,
          resamples: whole(),
          failed: whole(),
        }),
      ),
    ),
  }),
  ({ budgets, N, D, loss, lossWithFloor, choices: { axis } }) => {
    for (const [b, { status, parabola }] of budgets.entries()) {
      const at = status === "interior" && parabola?.[axis];
      for (const [name, { value }] of at ? Object.entries({ x: at.x, y: at.y, curvature: at.curvature }) : []) {
        if (!Number.isFinite(value))
          return { path: ["budgets", b, "parabola", axis, name, "value"], input: value, right: "a finite number" };
      }
    }
    const minima = budgets.filter(({ status }) => status === "interior").length;
    for (const [name, law] of Object.entries({ N, D, loss, lossWithFloor })) {
      if (law.ok && law.points > minima)
        return { path: [name, "points"], input: law.points, right: `at most ${minima}, the budgets with a minimum` };
    }
    return undefined;
  },
);
