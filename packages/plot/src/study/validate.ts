import {
  array,
  each,
  finite,
  flag,
  given,
  integer,
  interval,
  notNegative,
  object,
  PlotInputError,
  positive,
  text,
} from "./check.js";
import type { Sample, Study } from "./types.js";

/**
 * Returns `value` as a {@link Study} after checking every number that would be drawn.
 * @throws PlotInputError naming the first field that is missing, NaN, out of range or contradicts another one.
 */
export const validateStudy = (value: unknown): Study => {
  const study = object("study", value);
  text("preset", study.preset);
  text("device.backend", object("device", study.device).backend);
  if (typeof study.data !== "string") dataSource(study.data);
  notNegative("seconds", study.seconds);
  const { ids, budgets } = runs(study.runs);
  optima(study.isoflop, budgets);
  if (given(study.laws)) laws(study.laws);
  if (given(study.heldOut)) heldOut(study.heldOut);
  if (given(study.plannedRuns)) integer("plannedRuns", study.plannedRuns);
  if (given(study.curves)) curves(study.curves, ids);
  if (given(study.samples)) each("samples", study.samples, validateSample);
  if (given(study.choices)) choices(study.choices);
  if (given(study.published)) {
    const published = object("published", study.published);
    text("published.source", published.source);
    for (const law of ["params", "tokens", "loss"]) finite(`published.${law}`, published[law]);
  }
  if (given(study.timings)) {
    for (const [phase, seconds] of Object.entries(object("timings", study.timings))) {
      notNegative(`timings.${phase}`, seconds);
    }
  }
  if (given(study.reproduce)) text("reproduce", study.reproduce);
  return value as Study;
};

const dataSource = (value: unknown): void => {
  const data = object("data", value);
  text("data.name", data.name);
  for (const key of ["source", "licence", "details"]) if (given(data[key])) text(`data.${key}`, data[key]);
};

const runs = (value: unknown): { ids: Set<string>; budgets: Set<number> } => {
  const ids = new Set<string>();
  const budgets = new Set<number>();
  each("runs", value, (entry, field) => {
    const run = object(field, entry);
    const id = text(`${field}.id`, run.id);
    if (ids.has(id)) throw new PlotInputError(`${field}.id`, id, "an id that no earlier run has");
    ids.add(id);
    budgets.add(positive(`${field}.budget`, run.budget));
    for (const key of ["params", "tokens", "flops", "loss"]) positive(`${field}.${key}`, run[key]);
    for (const key of ["lossStdErr", "seconds"]) notNegative(`${field}.${key}`, run[key]);
  });
  return { ids, budgets };
};

const optima = (value: unknown, budgets: ReadonlySet<number>): void => {
  const seen = new Set<number>();
  each("isoflop", value, (entry, field) => {
    const optimum = object(field, entry);
    const budget = positive(`${field}.budget`, optimum.budget);
    if (!budgets.has(budget)) throw new PlotInputError(`${field}.budget`, budget, "the budget of at least one run");
    if (seen.has(budget)) throw new PlotInputError(`${field}.budget`, budget, "one entry per budget");
    seen.add(budget);
    const interior = flag(`${field}.interior`, optimum.interior);
    for (const key of ["optimalParams", "optimalTokens", "optimalLoss"]) {
      if (interior || given(optimum[key])) positive(`${field}.${key}`, optimum[key]);
    }
    if (given(optimum.curvature)) finite(`${field}.curvature`, optimum.curvature);
    if (given(optimum.curve)) curve(`${field}.curve`, optimum.curve);
    if (given(optimum.reason)) text(`${field}.reason`, optimum.reason);
  });
};

const curve = (field: string, value: unknown): void => {
  let previous = 0;
  each(field, value, (entry, path) => {
    const point = object(path, entry);
    const size = positive(`${path}.size`, point.size);
    if (size <= previous) throw new PlotInputError(`${path}.size`, size, `more than ${previous}`);
    previous = size;
    positive(`${path}.loss`, point.loss);
  });
};

const laws = (value: unknown): void => {
  const all = object("laws", value);
  for (const name of ["params", "tokens", "loss"]) {
    const field = `laws.${name}`;
    const law = object(field, all[name]);
    positive(`${field}.coefficient`, law.coefficient);
    finite(`${field}.exponent`, law.exponent);
    interval(`${field}.ci95`, law.ci95);
    if (given(law.floor)) notNegative(`${field}.floor`, law.floor);
    if (given(law.band)) band(`${field}.band`, law.band);
  }
};

const band = (field: string, value: unknown): void => {
  let previous = 0;
  each(field, value, (entry, path) => {
    const point = object(path, entry);
    const compute = positive(`${path}.compute`, point.compute);
    if (compute <= previous) throw new PlotInputError(`${path}.compute`, compute, `more than ${previous}`);
    previous = compute;
    const low = positive(`${path}.low`, point.low);
    const high = positive(`${path}.high`, point.high);
    if (high < low) throw new PlotInputError(`${path}.high`, high, `at least low, ${low}`);
  });
};

const heldOut = (value: unknown): void => {
  const row = object("heldOut", value);
  positive("heldOut.budget", row.budget);
  const predicted = positive("heldOut.predictedLoss", row.predictedLoss);
  const [low] = interval("heldOut.interval95", row.interval95);
  positive("heldOut.interval95[0]", low);
  if (!given(row.measuredLoss)) return;
  const measured = positive("heldOut.measuredLoss", row.measuredLoss);
  if (given(row.measuredStdErr)) notNegative("heldOut.measuredStdErr", row.measuredStdErr);
  if (!given(row.relativeError)) return;
  const stated = finite("heldOut.relativeError", row.relativeError);
  const error = (measured - predicted) / predicted;
  if (Math.abs(stated - error) > 1e-6) {
    throw new PlotInputError(
      "heldOut.relativeError",
      stated,
      `(measuredLoss - predictedLoss) / predictedLoss = ${error}`,
    );
  }
};

const curves = (value: unknown, ids: ReadonlySet<string>): void => {
  each("curves", value, (entry, field) => {
    const curve = object(field, entry);
    const id = text(`${field}.id`, curve.id);
    if (!ids.has(id)) throw new PlotInputError(`${field}.id`, id, "the id of a run");
    const tokens = array(`${field}.tokens`, curve.tokens);
    const loss = array(`${field}.loss`, curve.loss);
    if (tokens.length !== loss.length) {
      throw new PlotInputError(`${field}.loss`, loss, `as many values as tokens, ${tokens.length}`);
    }
    let previous = 0;
    tokens.forEach((seen, j) => {
      const now = positive(`${field}.tokens[${j}]`, seen);
      if (now <= previous) throw new PlotInputError(`${field}.tokens[${j}]`, now, `more than ${previous}`);
      previous = now;
      positive(`${field}.loss[${j}]`, loss[j]);
    });
  });
};

/** @throws PlotInputError when a sample has the wrong number of pixels, or one that is not a number. */
export const validateSample = (value: unknown, field = "sample"): Sample => {
  const sample = object(field, value);
  text(`${field}.caption`, sample.caption);
  if (given(sample.group)) text(`${field}.group`, sample.group);
  const width = integer(`${field}.width`, sample.width);
  const height = integer(`${field}.height`, sample.height);
  if (sample.layout !== "chw" && sample.layout !== "hwc") {
    throw new PlotInputError(`${field}.layout`, sample.layout, '"chw" or "hwc"');
  }
  const pixels =
    sample.pixels instanceof Float32Array
      ? sample.pixels
      : (array(`${field}.pixels`, sample.pixels) as readonly number[]);
  const wanted = 3 * width * height;
  if (pixels.length !== wanted) {
    throw new PlotInputError(`${field}.pixels.length`, pixels.length, `3 · ${width} · ${height} = ${wanted}`);
  }
  for (let i = 0; i < wanted; i++) finite(`${field}.pixels[${i}]`, pixels[i]);
  return value as Sample;
};

const choices = (value: unknown): void => {
  const stated = object("choices", value);
  for (const [key, entry] of Object.entries(stated)) {
    const field = `choices.${key}`;
    if (!given(entry)) continue;
    if (key === "seeds") each(field, entry, (seed, path) => finite(path, seed));
    else if (key === "versions" || key === "other") {
      for (const [name, words] of Object.entries(object(field, entry))) text(`${field}.${name}`, words);
    } else text(field, entry);
  }
};
