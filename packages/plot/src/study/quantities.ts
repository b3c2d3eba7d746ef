import type { LinkFit, Outcome } from "@isoflop/scaling";
import { fixed, loss, significant } from "../chart/format.js";
import type { DrawnStudy, MetricResults, TimedRun } from "./study.js";

/** A study with a metric in the place of its loss, of the runs that have it: whatever draws or words a study does so of the metric. */
export const asQuantity = (study: DrawnStudy, results: MetricResults): DrawnStudy => {
  const { name, title, offset = 0, higher = false, fit, rollOut, joint, floor, noise, heldOut } = results;
  const { record, preset, device, data, seconds, plannedRuns, choices } = study;
  const runs = study.runs.flatMap(({ sigma: _, ...run }): TimedRun[] => {
    const value = valueIn(run.metrics, name);
    const loss = value === undefined ? Number.NaN : offset + (higher ? -value : value);
    if (!(loss > 0)) return [];
    const error = valueIn(run.standardErrors, name);
    const own = { loss, metrics: { [title]: loss } };
    return [{ ...run, ...own, ...(error !== undefined && { sigma: error, standardErrors: { [title]: error } }) }];
  });
  return {
    ...{ record, preset, device, data, seconds, runs, quantity: title },
    ...(plannedRuns !== undefined && { plannedRuns }),
    ...(choices && { choices }),
    ...(fit && { fit }),
    ...(rollOut && { rollOut }),
    ...(joint && { joint }),
    ...(floor && { floor }),
    ...(noise && { noise }),
    ...(heldOut && { heldOut }),
    ...(offset > 0 && !higher && { offset }),
  };
};

const valueIn = (values: Readonly<Record<string, number>> | undefined, name: string): number | undefined =>
  values && Object.hasOwn(values, name) ? values[name] : undefined;

const round = (value: number): string => String(Number(value.toPrecision(4)));

/** What is fitted, and what cannot be said of it. */
export const metricLead = ({ name, title, offset, higher, refused }: MetricResults): string =>
  [
    title === name ? `${name}, measured of every run.` : `${title}: ${name}, measured of every run.`,
    higher && "More of it is better, and laws are of what falls: what is fitted is what it leaves of one.",
    offset !== undefined &&
      !higher &&
      `Its values need not be above 0, and the forms of laws are of what is: ${round(offset)} is added to all of them before anything is fitted, and every number here has it. Parabolas and the sizes and data at their minima do not depend on it; a power law of the metric itself does not exist, and no exponent of it is given.`,
    refused !== undefined && `Nothing is predicted of it: ${refused}`,
  ]
    .filter((words) => typeof words === "string")
    .join(" ");

/** The link of a metric to the loss, and whether one line is enough. */
export const linkWords = (link: Outcome<LinkFit>): string[] => {
  if (!link.ok) return [`No link is fitted: ${link.message}.`];
  const { names, parameters, form, break: broken, residualStandardDeviation, scale } = link;
  const scatter =
    scale === "log"
      ? `${fixed(100 * residualStandardDeviation, 2)}\u00A0%`
      : `${significant(residualStandardDeviation, 2)}`;
  const slope = parameters[form === "power" ? "gamma" : "slope"];
  const line = { power: "a power of the loss, exponent", logarithm: "the logarithm of the loss, slope" };
  const ends = slope?.ci95.map((end) => significant(end, 3)).join(" to ");
  const said = slope
    ? `${names.y} goes as ${Object.hasOwn(line, form) ? line[form as keyof typeof line] : "a line of the loss, slope"} ${significant(slope.value, 3)} (${ends}); runs scatter about it by ${scatter}.`
    : `${names.y} as a function of the loss; runs scatter about it by ${scatter}.`;
  if (!broken) return [said];
  if (!broken.ok) return [said, `Whether it breaks cannot be told: ${broken.message}.`];
  const { at, slopes, aicc, pValue, level, draws } = broken;
  const difference = aicc.one - aicc.two;
  const criterion = `AICc ${difference >= 0 ? "falls" : "rises"} by ${fixed(Math.abs(difference), 1)} with a second line`;
  const test = `p ${pValue < 0.001 ? "<" : "="} ${significant(Math.max(pValue, 0.001), 2)} of one line against two that meet, ${draws} draws; ${criterion}`;
  return [
    said,
    pValue <= level
      ? `The link breaks, or bends, about a loss of ${loss(at)}: ${significant(slopes.below, 3)} below it and ${significant(slopes.above, 3)} above (${test}). What the loss says of ${names.y} there is another law than above, and one line is not to be continued.`
      : `No break is seen at a level of ${significant(100 * level, 2)}\u00A0%: one line is enough (${test}).`,
  ];
};
