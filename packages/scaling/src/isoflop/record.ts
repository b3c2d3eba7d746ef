import { choice, positive, record, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { power } from "../laws/power.js";
import { saturating } from "../laws/saturating.js";
import * as fields from "../records/fields.js";
import { optimumMethods } from "./methods/index.js";
import { parabolaSchema } from "./vertex.js";

const { anyNumber, bootstrapEstimate, each, notNegative, outcome, spread } = fields;

const profile = {
  C: positive,
  /** The runs that were fitted: those of the budget that have the quantity. */
  runs: fields.list(fields.run),
  /** How many they are, and distinct sizes among them. */
  points: whole(),
  sizes: whole(),
  /** The fitted parabolas in ln N and ln D; absent for Akima and with fewer than three sizes. */
  parabola: v.exactOptional(record({ N: parabolaSchema, D: parabolaSchema })),
  /** Of a method whose budgets share numbers: those from which its curves are drawn. */
  fitted: v.exactOptional(record({ N: fields.list(fields.finite), D: fields.list(fields.finite) })),
  warnings: fields.list(choice(["off-centre", "flat", "outlier", "misfit"])),
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

export type { Parabola } from "./vertex.js";

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

/** Any method there is when a record is read. */
const methodName: v.GenericSchema<unknown, string> = v.lazy(() => choice(optimumMethods.names));

const misfitSchema = record({
  ok: fields.ok,
  /** Root mean square of the parabolas' residuals that noise does not explain, in units of y. */
  standardDeviation: notNegative,
  /** F, or χ² over its degrees of freedom where the noise is known. */
  statistic: spread,
  /** Chance of a statistic this large if parabolas were right. */
  pValue: spread,
  degreesOfFreedom: fields.pairOf(spread),
  /** `common-shape`: departures that the budgets have in common; otherwise the noise that the residuals were held against. */
  from: choice(["common-shape", "replicates", "known-noise"]),
  /** At 1 %; then it is model error, and the noise is what is left without it. */
  significant: v.boolean("true or false"),
});

/** What of the parabolas' residuals is not noise. */
export interface Misfit extends fields.Read<typeof misfitSchema> {}

const correctedLawSchema = record({
  exponent: fields.estimate,
  coefficient: fields.coefficient,
  /** Natural log of the coefficient. */
  logCoefficient: fields.estimate,
  /** Of (logCoefficient, exponent): noise, and the errors of the shift. */
  covariance: fields.covariance(2),
  /** Of the noise. */
  degreesOfFreedom: spread,
  /** Standard deviation of ln y about the law. */
  residualStandardDeviation: spread,
  points: whole(),
  /** Birge's ratio by which the errors were widened; 1 where the optima scatter as they should. */
  widened: spread,
});

/** y = coefficient · C^exponent through optima without the bias of their method. */
export interface CorrectedLaw extends fields.Read<typeof correctedLawSchema> {}

const correctedSchema = record({
  ok: fields.ok,
  /** Of the surface that says the bias, or `slices` of one that the budgets share; and its parameters as they are quoted. */
  form: text,
  parameters: each(anyNumber),
  N: correctedLawSchema,
  D: correctedLawSchema,
  loss: correctedLawSchema,
  /** Of each budget with a minimum: the corrected optimum, and by what share the method's was off. */
  budgets: fields.list(
    record({
      C: positive,
      N: positive,
      D: positive,
      loss: positive,
      bias: record({ N: anyNumber, D: anyNumber, loss: anyNumber }),
      /** Variance of ln loss, in units of the noise variance. */
      leverage: spread,
    }),
  ),
  /** Of ln loss about the surface. */
  noise: record({ standardDeviation: spread, degreesOfFreedom: spread }),
});

/** The laws without the bias of their method, with errors that hold those of the correction. */
export interface Corrected extends fields.Read<typeof correctedSchema> {}

const warningSchema = record({
  /** `misfit`: the curves are no parabolas; `bias`: their vertices are off; `drift`: the sizes wander from the optimum and bend the exponent. */
  about: choice(["misfit", "bias", "drift"]),
  message: text,
});

/** What a reader of the laws must know. */
export interface FitWarning extends fields.Read<typeof warningSchema> {}

const pureNoise = {
  standardDeviation: notNegative,
  degreesOfFreedom: spread,
  from: choice(["replicates", "known-noise"]),
};

const noiseSchema = record({
  standardDeviation: spread,
  degreesOfFreedom: spread,
  /** About the `parabolas`, or about `slices` of a surface where parabolas have a misfit, or as `replicates` or the runs' own errors say. */
  from: v.exactOptional(choice(["parabolas", "slices", "replicates", "known-noise"])),
  /** Pure error, where runs are repeated or state their own. */
  pure: v.exactOptional(record(pureNoise)),
});

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
  /** Noise of one run in units of y, pooled over the budgets, with its degrees of freedom; without the misfit of the parabolas. */
  noise: noiseSchema,
  /** Whether the budgets are parabolas to within the noise. */
  misfit: v.exactOptional(outcome(misfitSchema)),
  /** The laws without the bias of the method, with errors that hold it; refused where it cannot be told. */
  corrected: v.exactOptional(outcome(correctedSchema)),
  warnings: v.exactOptional(fields.list(warningSchema)),
  /** Every choice that can move an exponent, as the options have them. */
  choices: record({
    tolerance: notNegative,
    optimum: methodName,
    scale: choice(["raw", "log"]),
    axis: choice(["N", "D"]),
    quantity: text,
    huberDelta: v.exactOptional(positive),
    /** `sigma`: runs weighed by their own errors, and optima by what those leave of them. */
    weights: v.exactOptional(choice(["alike", "sigma"])),
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
