import { read, record } from "@isoflop/spec";
import { positive, ScalingError, sameLength } from "../../errors.js";
import { thetaEstimate } from "../../inference/estimate.js";
import { levenbergMarquardt } from "../../math/levenberg.js";
import { scaled } from "../../math/linear.js";
import { type Outcome, refuse } from "../../types.js";
import { pointWeights } from "../point-errors.js";
import { type LinkBreakOptions, linkBreak, type StraightLink, straightLinks } from "./break.js";
import type { LinkChoices } from "./form.js";
import { linkForms } from "./forms/index.js";
import type { LinkFit } from "./record.js";
import { type LinkScale, linkScales, scales } from "./scale.js";

export interface LinkOptions {
  /** Name of a form of `linkForms`. Default `power`. */
  readonly form?: string | undefined;
  /** What residuals are even on. `log` and `logit` keep intervals inside what the metric can be. Default `raw`. */
  readonly scale?: LinkScale | undefined;
  /** Standard errors of the metric, in its unit; they weigh, and the link's error is from its own scatter. */
  readonly sigma?: readonly number[] | undefined;
  /** Also tests for a break, of a `power` or `linear` link: one line against two that meet. Default: it does not. */
  readonly testBreak?: LinkBreakOptions | boolean | undefined;
  /** What loss and metric are called in predictions. Default `loss` and `metric`. */
  readonly names?: { readonly x: string; readonly y: string } | undefined;
  /** Of the form: `chance`, `ceiling`. */
  readonly [option: string]: unknown;
}

/**
 * A metric as a function of the loss, by least squares of the metric on a scale.
 * @throws ScalingError `bad-option` for a form, a scale or an option that there is not, `bad-value` for a loss that is not positive or a
 *   metric that the scale has no place for
 */
export const fitLink = (
  loss: readonly number[],
  metric: readonly number[],
  options: LinkOptions = {},
): Outcome<LinkFit> => {
  const { form: name = "power", scale = "raw", sigma, testBreak = false, names = usual, ...own } = options;
  const error = (message: string) => new ScalingError("bad-option", message);
  if (!linkForms.has(name)) throw error(`form is "${name}"; expected one of ${linkForms.names.join(", ")}`);
  if (!linkScales.includes(scale)) throw error(`scale is "${scale}"; expected one of ${linkScales.join(", ")}`);
  sameLength(loss, "losses", metric, "metrics");
  if (testBreak !== false && !isStraight(name))
    throw error(
      `testBreak is for a link that is a straight line, ${straightLinks.join(", ").replace(/, ([^,]*)$/, " or $1")}; form is "${name}"`,
    );
  const form = linkForms.get(name);
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const choices = read(record(form.options), given, { name: "options", error }) as LinkChoices;
  const { to, slope, right, holds } = scales[scale];
  for (const [i, value] of loss.entries()) positive("loss", value, i + 1);
  const bad = metric.findIndex((value) => !holds(value));
  if (bad >= 0) {
    const message = `the metric is ${metric[bad]}; expected ${right}`;
    throw new ScalingError("bad-value", message, { row: bad + 1, field: "metric", value: metric[bad] });
  }
  const parameters = form.parameters(choices);
  const distinct = new Set(loss).size;
  if (distinct <= parameters.length) {
    const message = `${distinct} distinct losses; a ${name} link needs at least ${parameters.length + 1}`;
    return refuse("too-few-points", message);
  }
  const onScale = sigma?.map((s, i) => s * slope(metric[i]!));
  const roots = pointWeights(metric, { sigma: onScale }, "raw")?.map(Math.sqrt);
  const targets = metric.map(to);
  const fit = levenbergMarquardt(
    loss.length,
    (theta) => (i) => (roots?.[i] ?? 1) * (to(form.value(theta, loss[i]!, choices)) - targets[i]!),
    form.starts(loss, metric, choices),
  );
  if (!fit) return refuse("unidentified", "no start has a finite objective");
  const broken =
    testBreak !== false && isStraight(name)
      ? linkBreak(loss, metric, name, testBreak === true ? {} : testBreak)
      : undefined;
  const degreesOfFreedom = loss.length - parameters.length;
  const variance = fit.sse / degreesOfFreedom;
  return {
    ok: true,
    record: "link",
    form: name,
    choices: choices as Readonly<Record<string, number>>,
    scale,
    names,
    ...standing(fit),
    parameters: Object.fromEntries(
      parameters.map((one, j) => [one, thetaEstimate(fit, j, variance, degreesOfFreedom)]),
    ),
    theta: fit.theta,
    ...(fit.unscaledCovariance && { covariance: scaled(fit.unscaledCovariance, variance) }),
    residualStandardDeviation: Math.sqrt(variance),
    sumOfSquares: fit.sse,
    degreesOfFreedom,
    data: { x: loss, y: metric, ...(sigma && { sigma }) },
    points: loss.length,
    ...(broken && { break: broken }),
  };
};

const usual = { x: "loss", y: "metric" };

const isStraight = (form: string): form is StraightLink => (straightLinks as readonly string[]).includes(form);

const standing = ({
  converged,
  unscaledCovariance,
}: {
  readonly converged: boolean;
  readonly unscaledCovariance: unknown;
}): Pick<LinkFit, "status" | "message"> => {
  if (!converged) return { status: "stopped-early", message: "the search stopped before it converged" };
  if (!unscaledCovariance)
    return { status: "unidentified", message: "these points cannot tell the parameters of the link apart" };
  return { status: "converged" };
};
