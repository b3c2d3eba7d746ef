import { sources } from "@isoflop/data";
import { canonicalJson, shown } from "@isoflop/spec";
import { type MetricSpec, metrics, type ObjectiveInput, objectiveName } from "@isoflop/train";
import * as v from "valibot";

/** Whether an option of a kind is what it is where nothing is said. */
const isUsual = (kind: string, option: string, value: unknown): boolean => {
  const schema = metrics.get(kind).options[option] as v.GenericSchema | undefined;
  const usual = schema && v.safeParse(schema, undefined);
  return usual?.success === true && canonicalJson(usual.output ?? null) === canonicalJson(value);
};

interface Choice {
  readonly type?: string;
  readonly wrapped?: Choice;
  readonly default?: unknown;
}

/** Whether an option is a choice among names that has no usual one, as the set of emoji. */
const isFreeChoice = ({ type, wrapped, default: usual }: Choice = {}): boolean =>
  type === "picklist" || (type === "optional" && usual === undefined && isFreeChoice(wrapped));

/** What tells two sources of one name apart and is no place on one machine: choices by a name. */
const choicesOf = (source: unknown, options: Readonly<Record<string, unknown>>): readonly string[] => {
  if (typeof source !== "string" || !sources.has(source)) return [];
  const schemas = sources.get(source).options as Readonly<Record<string, v.GenericSchema>>;
  return Object.entries(options).flatMap(([name, value]) =>
    isFreeChoice(schemas[name]) && typeof value === "string" ? [`:${value}`] : [],
  );
};

/** A source or part by its name. */
const wordOf = (value: unknown): string => {
  const { source, kind, ...options } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return [String(source ?? kind ?? shown(value)), ...choicesOf(source, options)].join("");
};

/**
 * How a number is called beside those of other metrics: its kind, with the options that were written or have a default in brackets. Of a metric that takes
 * pictures of the model, which has many, only those are told that are not as usual, and of its extractor the name with the resize rule.
 * @param at share of the run after which it was measured, told where it is not its end
 */
export const measurementLabel = (metric: MetricSpec, at = 1): string => {
  const { kind, ...options } = metric;
  const built = metrics.has(kind) ? metrics.build(metric) : undefined;
  const drawn = built?.samples !== undefined;
  const told = Object.entries(options).filter(
    ([name, value]) => value !== undefined && !(drawn && isUsual(kind, name, value)),
  );
  const worded = told.map(([name, value]) => {
    const word = () => {
      if (name === "extractor" && built?.extractor) return built.extractor.name;
      return name === "objective" && built ? objectiveName(value as ObjectiveInput) : wordOf(value);
    };
    return `${name}=${typeof value === "object" ? word() : String(value)}`;
  });
  const place = at === 1 ? [] : [`at=${at}`];
  const all = [...worded, ...place];
  return all.length === 0 ? kind : `${kind}(${all.join(" ")})`;
};
