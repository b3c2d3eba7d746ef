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
} from "../study/check.js";
import type {
  ComparisonFigureData,
  FittedLaw,
  IntervalsFigureData,
  NextRunsFigureData,
  PartsFigureData,
  ResidualsFigureData,
  SurfaceFigureData,
} from "./types.js";

/** Checks every entry and that there is one at all. */
const some = (field: string, value: unknown, what: string, check: (entry: unknown, field: string) => void): void => {
  if (array(field, value).length === 0) throw new PlotInputError(field, value, `at least one ${what}`);
  each(field, value, check);
};

/** Positive numbers, each more than the one before. */
const increasing = (field: string, value: unknown, atLeast: number): readonly number[] => {
  const values = array(field, value);
  if (values.length < atLeast) throw new PlotInputError(field, value, `at least ${atLeast} values`);
  let previous = 0;
  return values.map((entry, i) => {
    const now = positive(`${field}[${i}]`, entry);
    if (now <= previous) throw new PlotInputError(`${field}[${i}]`, now, `more than ${previous}`);
    previous = now;
    return now;
  });
};

const positiveInterval = (field: string, value: unknown): void => {
  if (!given(value)) return;
  positive(`${field}[0]`, interval(field, value)[0]);
};

/** Either both ends of a band or neither. */
const band = (field: string, { low, high }: Record<string, unknown>): void => {
  if (!given(low) && !given(high)) return;
  const least = positive(`${field}.low`, low);
  const most = positive(`${field}.high`, high);
  if (most < least) throw new PlotInputError(`${field}.high`, most, `at least low, ${least}`);
};

/** Points by increasing `key`, with their bands. */
const along = (field: string, value: unknown, [key, other]: readonly [string, string]): void => {
  let previous = 0;
  some(field, value, "point", (entry, path) => {
    const point = object(path, entry);
    const now = positive(`${path}.${key}`, point[key]);
    if (now <= previous) throw new PlotInputError(`${path}.${key}`, now, `more than ${previous}`);
    previous = now;
    positive(`${path}.${other}`, point[other]);
    band(path, point);
  });
};

/** Points with these numbers, all positive. */
const positives =
  (...keys: readonly string[]) =>
  (entry: unknown, field: string): void => {
    const point = object(field, entry);
    for (const key of keys) positive(`${field}.${key}`, point[key]);
    if (given(point.label)) text(`${field}.label`, point.label);
  };

const quantity = (field: string, value: unknown): void => {
  const { label, format } = object(field, value);
  text(`${field}.label`, label);
  if (given(format) && format !== "count" && format !== "scientific" && format !== "plain") {
    throw new PlotInputError(`${field}.format`, format, '"count", "scientific" or "plain"');
  }
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateSurface = (data: SurfaceFigureData): void => {
  const { grid, runs, frontier, fittedTo, asked } = object("surface", data) as unknown as SurfaceFigureData;
  object("grid", grid);
  const compute = increasing("grid.compute", grid.compute, 2);
  const params = increasing("grid.params", grid.params, 2);
  const rows = array("grid.loss", grid.loss);
  if (rows.length !== compute.length) {
    throw new PlotInputError("grid.loss", rows, `one row per compute, ${compute.length}`);
  }
  each("grid.loss", rows, (row, field) => {
    if (array(field, row).length !== params.length) {
      throw new PlotInputError(field, row, `one loss per size, ${params.length}`);
    }
    each(field, row, (loss, path) => positive(path, loss));
  });
  if (given(runs)) each("runs", runs, positives("compute", "params", "loss"));
  if (given(frontier) && array("frontier", frontier).length > 0) along("frontier", frontier, ["compute", "params"]);
  if (given(fittedTo)) positive("fittedTo", fittedTo);
  if (!given(asked)) return;
  each("asked", asked, (entry, field) => {
    positives("compute", "params")(entry, field);
    const point = object(field, entry);
    text(`${field}.label`, point.label);
    for (const key of ["computeInterval", "paramsInterval"]) positiveInterval(`${field}.${key}`, point[key]);
  });
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateResiduals = (data: ResidualsFigureData): void => {
  const { points, at, size, standardDeviation } = object("residuals", data) as unknown as ResidualsFigureData;
  quantity("at", at);
  if (given(size)) quantity("size", size);
  if (given(standardDeviation)) notNegative("standardDeviation", standardDeviation);
  const keys = given(size) ? ["measured", "predicted", "at", "size"] : ["measured", "predicted", "at"];
  some("points", points, "run", positives(...keys));
};

const place = (field: string, value: unknown, least: (field: string, value: unknown) => number): void => {
  const { at, ci95 } = object(field, value);
  least(`${field}.at`, at);
  if (given(ci95)) least(`${field}.ci95[0]`, interval(`${field}.ci95`, ci95)[0]);
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateLaw = (law: FittedLaw, field = "law"): void => {
  const { x, y, points, curve, fittedTo, floor, breaks, asked, title } = object(field, law) as unknown as FittedLaw;
  quantity(`${field}.x`, x);
  quantity(`${field}.y`, y);
  if (given(title)) text(`${field}.title`, title);
  each(`${field}.points`, points, positives("x", "y"));
  along(`${field}.curve`, curve, ["x", "y"]);
  if (given(fittedTo)) positive(`${field}.fittedTo`, fittedTo);
  if (given(floor)) place(`${field}.floor`, floor, notNegative);
  if (given(breaks)) each(`${field}.breaks`, breaks, (entry, path) => place(path, entry, positive));
  if (!given(asked)) return;
  each(`${field}.asked`, asked, (entry, path) => {
    positives("x", "y")(entry, path);
    const point = object(path, entry);
    for (const key of ["ci95", "interval95"]) positiveInterval(`${path}.${key}`, point[key]);
  });
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateComparison = (data: ComparisonFigureData): void => {
  const { a, b, at, crossing } = object("comparison", data) as unknown as ComparisonFigureData;
  for (const [field, law] of Object.entries({ a, b })) {
    const { name, curve, points, fittedTo } = object(field, law);
    text(`${field}.name`, name);
    along(`${field}.curve`, curve, ["x", "y"]);
    if (given(points)) each(`${field}.points`, points, positives("x", "y"));
    if (given(fittedTo)) positive(`${field}.fittedTo`, fittedTo);
  }
  if (given(crossing)) place("crossing", crossing, positive);
  if (!given(at)) return;
  each("at", at, (entry, field) => {
    positives("compute", "loss")(entry, field);
    const { ratio, ratioCi95 } = object(field, entry);
    if (given(ratio)) positive(`${field}.ratio`, ratio);
    positiveInterval(`${field}.ratioCi95`, ratioCi95);
  });
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateNextRuns = (data: NextRunsFigureData): void => {
  const { planned, evenGrid, runs, frontier, fittedTo, target } = object("plan", data) as unknown as NextRunsFigureData;
  const next = (entry: unknown, field: string) => {
    positives("compute", "params")(entry, field);
    integer(`${field}.count`, object(field, entry).count);
  };
  some("planned", planned, "run", next);
  if (given(evenGrid)) each("evenGrid", evenGrid, next);
  if (given(runs)) each("runs", runs, positives("compute", "params"));
  if (given(frontier) && array("frontier", frontier).length > 0) along("frontier", frontier, ["compute", "params"]);
  if (given(fittedTo)) positive("fittedTo", fittedTo);
  const { compute, params, paramsInterval } = object("target", target);
  positive("target.compute", compute);
  if (given(params)) positive("target.params", params);
  positiveInterval("target.paramsInterval", paramsInterval);
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateParts = (data: PartsFigureData): void => {
  const { parts, unit } = object("work", data) as unknown as PartsFigureData;
  text("unit", unit);
  some("parts", parts, "part", (entry, field) => {
    const part = object(field, entry);
    text(`${field}.name`, part.name);
    for (const key of ["forward", "backward"]) notNegative(`${field}.${key}`, part[key]);
  });
  const total = parts.reduce((sum, { forward, backward }) => sum + forward + backward, 0);
  if (!(finite("parts", total) > 0)) throw new PlotInputError("parts", parts, "work in at least one of them");
};

/** @throws PlotInputError naming the first number that cannot be drawn. */
export const validateIntervals = (data: IntervalsFigureData): void => {
  const { rows, reference, log, quantity: what } = object("intervals", data) as unknown as IntervalsFigureData;
  quantity("quantity", what);
  if (given(log)) flag("log", log);
  const number = log ? positive : finite;
  some("rows", rows, "estimate", (entry, field) => {
    const row = object(field, entry);
    text(`${field}.name`, row.name);
    number(`${field}.value`, row.value);
    if (given(row.interval)) number(`${field}.interval[0]`, interval(`${field}.interval`, row.interval)[0]);
  });
  if (!given(reference)) return;
  const { at, label } = object("reference", reference);
  number("reference.at", at);
  text("reference.label", label);
};
