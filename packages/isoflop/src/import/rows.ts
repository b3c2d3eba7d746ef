import type { Sources } from "./fields.js";
import type { History } from "./history.js";
import type { Value } from "./log.js";
import { type Moment, type MomentChoices, momentsOf } from "./moments.js";
import { valueOfRule } from "./rules.js";

/** A row of the table that is made. */
export type Row = Readonly<Record<string, Value>>;

/** What stands in the first columns, in this order. */
export const firstColumns = ["label", "step", "C", "N", "D", "loss", "seed", "seconds"] as const;

/** Why a run has no row, or fewer. */
export interface WithoutRow {
  readonly kind: "incomplete" | "step-zero";
  readonly run: string;
  readonly message: string;
}

/** The rows of a run, and what was left out. */
export const rowsOf = (
  history: History,
  sources: Sources,
  choices: MomentChoices,
  constants: readonly string[],
): { readonly rows: readonly Row[]; readonly without: readonly WithoutRow[] } => {
  const run = history.log.name;
  const moments = momentsOf(history, alongOf(sources), (said) => numberOf(said, sources, "loss"), choices);
  if (moments.length === 0) {
    const message = `its log has no ${describe(sources, "loss")}`;
    return { rows: [], without: [{ kind: "incomplete", run, message }] };
  }
  const without: WithoutRow[] = [];
  const rows = moments.flatMap((moment): Row[] => {
    const at = (field: string) => fieldAt(moment, sources, field);
    const sizes = (["C", "N", "D"] as const).filter((field) => sources.fields.has(field));
    const missing = sizes.find((field) => typeof at(field) !== "number");
    if (missing !== undefined) {
      const message = `${missing} is not known${whereOf(moment)}: there is no ${missingOf(moment, sources, missing)}`;
      without.push({ kind: "incomplete", run, message });
      return [];
    }
    const zero = sizes.find((field) => at(field) === 0);
    if (zero !== undefined) {
      without.push({ kind: "step-zero", run, message: `${zero} is 0${whereOf(moment)}` });
      return [];
    }
    const own: readonly (readonly [string, Value | undefined])[] = [
      ["label", at("label") ?? run],
      ["step", moment.step],
      ...sizes.map((field) => [field, at(field)] as const),
      // What is beyond any number has diverged as well.
      ["loss", Number.isFinite(moment.loss) ? moment.loss : Number.NaN],
      ["seed", at("seed")],
      ["seconds", at("seconds") ?? moment.seconds],
      ...[...sources.fields.keys()]
        .filter((field) => !(firstColumns as readonly string[]).includes(field))
        .map((field) => [field, at(field)] as const),
      ...constants.map((name) => [name, moment.said(name)] as const),
    ];
    return [Object.fromEntries(own.filter((pair): pair is readonly [string, Value] => pair[1] !== undefined))];
  });
  return { rows, without };
};

const whereOf = ({ step }: Moment): string => (step === undefined ? "" : ` at step ${step}`);

/** The columns along which there is a loss. */
const alongOf = (sources: Sources): readonly string[] => {
  const source = sources.fields.get("loss")!;
  return "column" in source ? [source.column] : source.rule.names;
};

const describe = (sources: Sources, field: string): string => {
  const source = sources.fields.get(field);
  if (!source) return field;
  return "column" in source ? source.column : source.rule.names.join(" or ");
};

const numberOf = (said: Moment["said"], sources: Sources, field: string): number | undefined => {
  const value = valueOfField({ said }, sources, field);
  return typeof value === "number" ? value : undefined;
};

const fieldAt = (moment: Moment, sources: Sources, field: string): Value | undefined =>
  valueOfField(moment, sources, field);

/** What is asked of a moment: `step` and `seconds` are its own where the log has no such name. */
type Asked = Pick<Moment, "said"> & Partial<Moment>;

/** @param within fields whose rules are being worked out: a rule may speak of the column of its own name, and of no other that leads back */
const valueOfField = (
  moment: Asked,
  sources: Sources,
  field: string,
  within: readonly string[] = [],
): Value | undefined => {
  const source = within.includes(field) ? undefined : sources.fields.get(field);
  if (source === undefined) return rawOf(moment, sources.wholeNames.get(field) ?? field);
  if ("column" in source) return moment.said(source.column);
  return valueOfRule(source.rule, (name) => {
    if (name === "loss" && field !== "loss" && moment.loss !== undefined) return moment.loss;
    return valueOfField(moment, sources, name, [...within, field]);
  });
};

const rawOf = ({ said, step, seconds }: Asked, name: string) =>
  said(name) ?? (name === "step" ? step : name === "seconds" ? seconds : undefined);

/** Which name of a rule has no number. */
const missingOf = (moment: Moment, sources: Sources, field: string): string => {
  const source = sources.fields.get(field)!;
  if ("column" in source) return source.column;
  const missing = source.rule.names.filter((name) => typeof valueOfField(moment, sources, name, [field]) !== "number");
  return missing.join(" and ") || field;
};
