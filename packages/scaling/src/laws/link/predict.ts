import { positive } from "../../errors.js";
import { normalQuantile, studentDistribution, studentFactor95 } from "../../math/distributions.js";
import { extent } from "../../math/extent.js";
import { differences } from "../../math/levenberg.js";
import { quadraticForm } from "../../math/linear.js";
import type { FitPrediction } from "../../prediction.js";
import type { Interval, Loss, Predicted } from "../../types.js";
import { linkForms } from "./forms/index.js";
import type { LinkFit } from "./record.js";
import { scales } from "./scale.js";

/** Value on the scale, with the variance of the link there. */
const onScale = ({ form, theta, choices, scale, covariance }: LinkFit, loss: Loss) => {
  const { value } = linkForms.get(form);
  const at = (parameters: readonly number[]) => scales[scale].to(value(parameters, loss, choices));
  const gradient = differences(theta, (parameters) => [at(parameters)]).map(([slope]) => slope!);
  return {
    value: at(theta),
    variance: covariance ? Math.max(0, quadraticForm(covariance, gradient)) : Number.NaN,
  };
};

/** The metric at a loss that is known: where the link lies, and where a new measurement falls, at 95 %; neither where θ is not identified. */
export const linkAt = (link: LinkFit, loss: Loss): Predicted => {
  const { value, variance } = onScale(link, positive("loss", loss));
  const { from } = scales[link.scale];
  const around = (spread: number): Interval => {
    const half = studentFactor95(link.degreesOfFreedom) * Math.sqrt(spread);
    return [from(value - half), from(value + half)];
  };
  if (!Number.isFinite(variance)) return { value: from(value) };
  return {
    value: from(value),
    ci95: around(variance),
    interval95: around(variance + link.residualStandardDeviation ** 2),
  };
};

/** The metric at a loss that is known. */
export const predictLink = (link: LinkFit, loss: Loss): FitPrediction => ({
  record: "prediction",
  given: { [link.names.x]: loss },
  predicted: { [link.names.y]: linkAt(link, loss) },
  notes: beyondLink(link, loss),
});

const beyondLink = ({ data }: LinkFit, loss: Loss): Pick<FitPrediction["notes"], "beyondLink"> => {
  const [low, high] = extent(data.x);
  const beyond = Math.max(low - loss, loss - high) / (high - low);
  return beyond > 0 ? { beyondLink: beyond } : {};
};

/** Losses that stand for a predicted one, each as likely as the others. */
const NODES = 81;
const HALVINGS = 60;

/**
 * The metric at a loss that is itself predicted: each of a set of losses as likely as the others, drawn from a normal distribution with its own
 * half on either side of the value, and at each Student's distribution of the link. The interval of the law takes the loss's `ci95`, that of a
 * new run its `interval95` and the scatter about the link; each is there where the loss has its own.
 */
export const linkThrough = (link: LinkFit, loss: Predicted): Predicted => {
  const { value } = linkAt(link, loss.value);
  const scatter = link.residualStandardDeviation ** 2;
  const ci95 = loss.ci95 && mixed(link, loss.value, loss.ci95, 0);
  const interval95 = loss.interval95 && mixed(link, loss.value, loss.interval95, scatter);
  return { value, ...(ci95 && { ci95 }), ...(interval95 && { interval95 }) };
};

const Z95 = 1.959963984540054;

const mixed = (link: LinkFit, centre: number, [low, high]: Interval, scatter: number): Interval | undefined => {
  if (!(low > 0 && Number.isFinite(high) && low <= centre && centre <= high)) return undefined;
  const nodes = Array.from({ length: NODES }, (_, i) => {
    const z = normalQuantile((i + 0.5) / NODES);
    // On ln L, so that no loss is below zero.
    const half = z < 0 ? Math.log(centre / low) : Math.log(high / centre);
    const { value, variance } = onScale(link, centre * Math.exp((z / Z95) * half));
    return { value, spread: Math.sqrt(variance + scatter) };
  }).filter(({ value, spread }) => Number.isFinite(value) && Number.isFinite(spread));
  if (nodes.length < NODES) return undefined;
  const student = studentDistribution(link.degreesOfFreedom);
  const cdf = (at: number) =>
    nodes.reduce((sum, { value, spread }) => sum + (spread > 0 ? student((at - value) / spread) : +(at >= value)), 0) /
    NODES;
  const reach = 40 * Math.max(...nodes.map(({ spread }) => spread));
  const [first, last] = extent(nodes.map(({ value }) => value));
  const quantile = (share: number) => {
    let [a, b] = [first - reach - 1e-12, last + reach + 1e-12];
    for (let i = 0; i < HALVINGS; i++) {
      const middle = (a + b) / 2;
      if (cdf(middle) < share) a = middle;
      else b = middle;
    }
    return scales[link.scale].from((a + b) / 2);
  };
  return [quantile(0.025), quantile(0.975)];
};

/** The loss of a prediction: by the link's own name of it, as `loss`, or the y of a law. */
const lossOf = ({ predicted }: FitPrediction, name: string): Predicted | undefined =>
  [name, "loss", "y"].flatMap((one) => (Object.hasOwn(predicted, one) ? [predicted[one]!] : []))[0];

/** A prediction with the metric that goes with its loss added, under the link's name of it; undefined where it predicts no loss. */
export const predictThroughLink = (prediction: FitPrediction, link: LinkFit): FitPrediction | undefined => {
  const loss = lossOf(prediction, link.names.x);
  if (!loss) return undefined;
  const name = Object.hasOwn(prediction.predicted, link.names.y) ? "metric" : link.names.y;
  return {
    ...prediction,
    predicted: { ...prediction.predicted, [name]: linkThrough(link, loss) },
    notes: { ...prediction.notes, ...beyondLink(link, loss.value) },
  };
};
