import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { power } from "../laws/power.js";
import { saturating } from "../laws/saturating.js";
import * as fields from "../records/fields.js";

const { bootstrapEstimate, exponentOf, notNegative, outcome, spread } = fields;

const parabolaSchema = fields.whereFree(
  {
    /** Vertex, in natural-log units; where the loss does not bend there is none. */
    x: exponentOf,
    /** Value at the vertex. */
    y: exponentOf,
    /** κ, in units of y per squared natural log. */
    curvature: exponentOf,
    /** Variance of y* in units of the noise variance: the leverage of the vertex. */
    vertexLeverage: spread,
    /** Standard errors of x* and y* from the known noise of the points; absent unless every point carries a sigma. */
    fromKnownNoise: v.exactOptional(record({ x: spread, y: spread })),
    /** Of the residuals. */
    sumOfSquares: notNegative,
    residuals: fields.list(fields.finite),
    /** Diagonal of the hat matrix: how much each point determines its own fitted value. */
    leverages: fields.list(fields.finite),
  },
  /** Noise variance from the residuals; NaN with three points. */
  { residualVariance: notNegative },
  { residualVariance: spread },
);

/** A parabola y = y* + κ (x − x*)², x the natural log of N or D; a second-order expansion of the loss about its minimum. */
export interface Parabola extends fields.Read<typeof parabolaSchema> {}

const profile = {
  C: positive,
  /** The runs that were fitted: those of the budget that have the quantity. */
  runs: fields.list(fields.run),
  /** How many they are, and distinct sizes among them. */
  points: whole(),
  sizes: whole(),
  /** The fitted parabolas in ln N and ln D; absent for Akima and with fewer than three sizes. */
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

/** A budget whose curve has a minimum amid its sizes: the compute-optimal model. */
export interface InteriorProfile extends fields.Read<typeof interior> {}
/** One without a minimum that can be used, and why. */
export interface RefusedProfile extends fields.Read<typeof without> {}
/** One budget's curve of loss against size: an optimum, or the reason there is none. */
export type BudgetProfile = InteriorProfile | RefusedProfile;
export type Optimum = InteriorProfile["optimum"];
export type ProfileWarning = BudgetProfile["warnings"][number];

export const isInterior = (budget: BudgetProfile): budget is InteriorProfile => budget.status === "interior";

const budgetSchema = fields.checked(
  fields.by<v.InferOutput<typeof interior | typeof without>>("status", () => ({
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

/** `at`: the law at each compute that was asked. */
const resampledLaw = record({
  exponent: bootstrapEstimate,
  coefficient: bootstrapEstimate,
  at: fields.list(bootstrapEstimate),
});

const bootstrapSchema = record({
  ok: fields.ok,
  N: resampledLaw,
  D: resampledLaw,
  loss: resampledLaw,
  seed: fields.finite,
  resamples: whole(),
  /** Resamples in which a law was refused. */
  failed: whole(),
});

/** The laws of an isoFLOP study over resamples of its runs. */
export interface IsoFlopBootstrap extends fields.Read<typeof bootstrapSchema> {}

const fitSchema = record({
  ...fields.head("isoflop"),
  budgets: fields.list(budgetSchema),
  /** N_opt(C), D_opt(C) and L_opt(C). Each is a law or a typed refusal. */
  N: outcome(power.schema),
  D: outcome(power.schema),
  loss: outcome(power.schema),
  /** L = E + A·C^−α through the same optima. */
  lossWithFloor: outcome(saturating.schema),
  /** Budgets that do not enter the laws, and why. */
  dropped: fields.list(record({ C: positive, points: whole(), reason: choice(refused), message: text })),
  /** Runs too far from every nominal budget to belong to one. */
  unassigned: fields.list(fields.run),
  /** Noise of one run about its parabola, pooled over the budgets, with its degrees of freedom. */
  noise: fields.whereFree({}, { standardDeviation: notNegative }, { standardDeviation: spread }),
  /** Every choice that can move an exponent, as the options have them. */
  choices: record({
    tolerance: notNegative,
    optimum: choice(["parabola", "huber", "akima"]),
    scale: choice(["raw", "log"]),
    axis: choice(["N", "D"]),
    quantity: text,
    huberDelta: v.exactOptional(positive),
    budgets: v.exactOptional(fields.positives),
  }),
  /** Where it was asked for: the outcome of {@link bootstrapIsoFlop}. */
  bootstrap: v.exactOptional(outcome(bootstrapSchema)),
});

/** Approach 2: a profile per budget and the laws through their optima. A record: it survives JSON whole. */
export interface IsoFlop extends fields.Read<typeof fitSchema> {}
export type IsoFlopChoices = IsoFlop["choices"];
export type DroppedBudget = IsoFlop["dropped"][number];

export const isoFlopSchema = fields.checked(fitSchema, ({ budgets, N, D, loss, lossWithFloor, choices: { axis } }) => {
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
});
