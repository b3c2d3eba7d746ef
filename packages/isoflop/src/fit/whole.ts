import { surfaceFormNames } from "@isoflop/scaling";
import {
  all,
  anyNumber,
  by,
  count,
  covariance,
  each,
  Flaw,
  fields,
  finite,
  flag,
  interval,
  list,
  notNegative,
  oneOf,
  optional,
  positive,
  recordOf,
  type Shape,
  spread,
  text,
} from "./shape.js";

/** A number with its error, either of which may be beyond what is known; the number itself is not. */
const estimateOf = (value: Shape): Shape => fields({ value, standardError: spread, ci95: interval });
const estimate = estimateOf(finite);
/** Of what must be positive: a coefficient at x = 1 can be larger than a number holds. */
const coefficient = estimateOf(spread);
const amount = estimateOf(positive);

const refusal = fields({ reason: text, message: text });
const outcome = (shape: Shape): Shape =>
  all(
    fields({ ok: flag }),
    by("ok", (ok) => (ok ? shape : refusal)),
  );

const freeOf = (value: unknown, path: string): number => recordOf(value, path).degreesOfFreedom as number;

/** What comes of residuals is known where any are left over, and is not otherwise. */
const whereFree = (free: Readonly<Record<string, Shape>>, without: Readonly<Record<string, Shape>>): Shape =>
  all(fields({ degreesOfFreedom: count }), (value, path) =>
    fields(freeOf(value, path) > 0 ? free : without)(value, path),
  );

/** Points are parameters and degrees of freedom. */
const counted =
  (parameters: readonly number[]): Shape =>
  (value, path) => {
    const { points } = recordOf(value, path);
    const free = freeOf(value, path);
    const right = parameters.map((p) => Math.max(0, (points as number) - p));
    if (!right.includes(free)) throw new Flaw(`${path}.degreesOfFreedom`, free, right.join(" or "));
  };

const power = all(
  fields({ kind: oneOf("power"), exponent: estimate, logCoefficient: estimate, coefficient }),
  fields({ sumOfSquares: notNegative, r2: finite, points: count }),
  whereFree(
    { covariance: covariance(2), residualStandardDeviation: notNegative },
    { covariance: list(list(anyNumber, 2), 2), residualStandardDeviation: spread },
  ),
  counted([2]),
);

const saturating = all(
  fields({ kind: oneOf("saturating"), status: oneOf("converged", "bound", "unidentified") }),
  fields({ floor: estimateOf(notNegative), coefficient, logCoefficient: estimate, exponent: estimate }),
  fields({ residuals: oneOf("log", "raw"), objective: notNegative, points: count }),
  whereFree({ covariance: covariance(3) }, { covariance: list(list(anyNumber, 3), 3) }),
  counted([2, 3]),
);

const isTheta = (value: unknown): boolean => Number.isFinite(value) || value === Number.NEGATIVE_INFINITY;

/** Logarithms, of which that of a term that has gone to zero is −Infinity. */
const theta = (length: number): Shape =>
  list((value, path) => {
    if (!isTheta(value)) throw new Flaw(path, value, "a finite number");
  }, length);

const broken = all(
  fields({ kind: oneOf("broken"), status: oneOf("converged", "bound", "unidentified", "stopped-early") }),
  fields({ floor: estimateOf(notNegative), coefficient, logCoefficient: estimate, exponent: estimate }),
  fields({ breaks: list(fields({ at: coefficient, slope: estimate, width: coefficient })), points: count }),
  fields({ sumOfSquares: notNegative, criteria: each(anyNumber) }),
  (value, path) => {
    const { breaks, theta: given, status } = recordOf(value, path);
    const shape = theta(3 + 3 * (breaks as unknown[]).length);
    shape(given, `${path}.theta`);
    const first = (given as number[]).findIndex((v, j) => !(Number.isFinite(v) || (j === 0 && status === "bound")));
    if (first >= 0) throw new Flaw(`${path}.theta[${first}]`, (given as number[])[first], "a finite number");
  },
);

const laws: Readonly<Record<string, Shape>> = { power, saturating, broken };

const anyLaw = all(
  fields({ kind: oneOf(...Object.keys(laws)) }),
  by("kind", (kind) => laws[kind as string]!),
);

const parabola = all(
  fields({ x: estimate, y: estimate, curvature: estimate, vertexLeverage: positive, objective: notNegative }),
  whereFree({ residualVariance: notNegative }, { residualVariance: spread }),
);

const budget = all(
  fields({ C: positive, points: count, sizes: count, warnings: list(text) }),
  fields({ status: oneOf("interior", "edge-minimum", "not-convex", "too-few-sizes") }),
  fields({ parabola: optional(fields({ N: parabola, D: parabola })) }),
  by("status", (status) =>
    status === "interior"
      ? fields({ optimum: fields({ N: amount, D: amount, loss: amount }), dInterior: flag })
      : fields({ message: text }),
  ),
);

const choices = fields({
  tolerance: notNegative,
  optimum: oneOf("parabola", "huber", "akima"),
  scale: oneOf("raw", "log"),
  axis: oneOf("N", "D"),
  quantity: text,
  huberDelta: optional(positive),
  budgets: optional(list(positive)),
});

const isoFlop = all(
  fields({ choices, budgets: list(budget) }),
  fields({ laws: fields({ N: outcome(power), D: outcome(power), loss: outcome(power) }) }),
  fields({ laws: fields({ lossWithFloor: outcome(saturating) }) }),
  fields({ droppedBudgets: list(fields({ C: positive, points: count, reason: text, message: text })) }),
  fields({ noise: whereFree({ standardDeviation: notNegative }, { standardDeviation: spread }) }),
  (value) => {
    const { budgets, laws } = value as {
      budgets: { status: string }[];
      laws: Record<string, { ok: boolean; points: number }>;
    };
    const interior = budgets.filter(({ status }) => status === "interior").length;
    for (const [name, { ok, points }] of Object.entries(laws)) {
      if (ok && points > interior)
        throw new Flaw(`laws.${name}.points`, points, `at most ${interior}, the budgets with a minimum`);
    }
  },
);

/** Parameters of each form, as θ has them. */
const sizes: Readonly<Record<string, number>> = { chinchilla: 5, tied: 4, "no-floor": 4, kaplan: 4 };

const allocated = fields({ coefficient, logCoefficient: estimateOf(anyNumber), exponent: estimateOf(anyNumber) });

const resampled = fields({ value: anyNumber, median: anyNumber, standardError: spread, ci95: interval });

const surfaceNumbers = (sound: boolean): Shape =>
  all(
    fields({ form: oneOf(...surfaceFormNames) }),
    fields({ coefficients: each(coefficient), logCoefficients: each(estimate), exponents: each(estimate) }),
    fields({
      allocation: optional(
        fields({ N: allocated, D: allocated, loss: all(allocated, fields({ floor: notNegative })) }),
      ),
    }),
    fields({ objective: fields({ name: oneOf("log-huber", "log-squares", "squares"), delta: optional(positive) }) }),
    fields({ objective: fields({ value: notNegative, gradientNorm: spread }), starts: each(count), condition: spread }),
    fields({ points: count, degreesOfFreedom: sound ? positive : count, sumOfSquares: notNegative }),
    fields({ residualStandardDeviation: sound ? notNegative : spread, criteria: each(anyNumber) }),
    fields({ lackOfFit: fields({ ok: flag }), approach2Bias: optional(fields({ ok: flag })) }),
    by("form", (form) => {
      const size = sizes[form as string]!;
      const known = covariance(size);
      return fields({
        theta: sound ? list(finite, size) : theta(size),
        covariance: sound ? known : optional(list(list(anyNumber, size), size)),
      });
    }),
  );

const surface = all(
  fields({ quantity: text, flopsPerToken: positive }),
  by("ok", (ok) => (ok ? by("status", (status) => fields({ fit: surfaceNumbers(status === "converged") })) : () => {})),
  fields({
    bootstrap: optional(
      outcome(
        fields({
          parameters: each(resampled),
          allocation: each(resampled),
          resamples: count,
          failed: count,
          covariance: optional(list(list(finite))),
        }),
      ),
    ),
  }),
  (value) => {
    const { fit, bootstrap } = value as { fit?: { form: string }; bootstrap?: { covariance?: unknown } };
    if (fit && bootstrap?.covariance !== undefined)
      covariance(sizes[fit.form]!)(bootstrap.covariance, "bootstrap.covariance");
  },
);

const law = all(
  fields({ data: fields({ x: list(positive), y: list(positive) }) }),
  by("ok", (ok) =>
    fields({ fit: ok ? anyLaw : () => {}, objective: ok ? fields({ name: text, value: notNegative }) : () => {} }),
  ),
  (value) => {
    const { data, fit } = value as { data: { x: number[]; y: number[] }; fit?: { points: number } };
    const points = fit?.points ?? data.x.length;
    if (data.x.length !== points) throw new Flaw("data.x", data.x, `a list of ${points}, the points of the fit`);
    if (data.y.length !== points) throw new Flaw("data.y", data.y, `a list of ${points}, the points of the fit`);
  },
);

const statuses = ["converged", "bound", "edge-minimum", "not-convex", "too-few-sizes", "too-few-budgets"];
const caveats = ["too-few-points", "unidentified", "stopped-early", "unreachable", "too-many-failed-resamples"];

const head = all(
  fields({ status: oneOf(...statuses, ...caveats), ok: flag, message: optional(text) }),
  fields({ input: fields({ file: text, sha256: text }), versions: each(text) }),
  fields({ points: fields({ used: count, otherLabels: optional(count) }) }),
  fields({ points: fields({ dropped: list(fields({ row: count, reason: text, message: text })) }) }),
);

/** What a saved fit of each kind must hold to be read. @throws Flaw naming the first field that is not what it must be */
export const wholeFits: Readonly<Record<"fit isoflop" | "fit surface" | "fit law", Shape>> = {
  "fit isoflop": all(head, isoFlop),
  "fit surface": all(head, surface),
  "fit law": all(head, law),
};
