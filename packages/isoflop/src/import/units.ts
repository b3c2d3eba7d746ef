import type { Source } from "./fields.js";
import type { Notice } from "./log.js";
import type { Row } from "./rows.js";

/** Units in which a field is often written, and how many of its own they are. */
const units = [
  { field: "D", factor: 1e6, words: "millions of tokens" },
  { field: "D", factor: 1e9, words: "billions of tokens" },
  { field: "N", factor: 1e6, words: "millions of parameters" },
  { field: "N", factor: 1e9, words: "billions of parameters" },
  { field: "C", factor: 8.64e19, words: "PF-days" },
  { field: "C", factor: 1e12, words: "teraFLOPs" },
  { field: "C", factor: 1e15, words: "petaFLOPs" },
  { field: "C", factor: 1e18, words: "exaFLOPs" },
  { field: "C", factor: 1e21, words: "zettaFLOPs" },
] as const;

type Unit = (typeof units)[number];
type Size = Unit["field"];

/** C over 6·N·D, or its inverse, up to which all three can be in units of one: latents of images are counted in many ways. */
const USUAL = 30;
/** The same where a unit would put it right. */
const RIGHT = 4;
/** Counts of a model below this, and broken ones, are in thousands or more. */
const SMALL = 1e5;

/** What names have in them that are in such units. */
const hints: Readonly<Record<string, RegExp>> = {
  "millions of tokens": /(_|\b|\()m(\b|illion|\)|$)|mtok/i,
  "billions of tokens": /(_|\b|\()b(\b|illion|\)|$)|btok/i,
  "millions of parameters": /(_|\b|\()m(\b|illion|\)|$)/i,
  "billions of parameters": /(_|\b|\()b(\b|illion|\)|$)/i,
  "PF-days": /pf|petaflop.?s?.?days?/i,
  teraFLOPs: /tflop|teraflop/i,
  petaFLOPs: /pflop|petaflop/i,
  exaFLOPs: /eflop|exaflop/i,
  zettaFLOPs: /zflop|zettaflop/i,
};

/** Sizes that seem to be in other units than one, and the rule that would put each right: offered and never applied. */
export const unitDoubts = (rows: readonly Row[], sources: ReadonlyMap<string, Source>): readonly Notice[] => {
  const typical = (field: Size): number | undefined => median(rows.flatMap((row) => numberIn(row, field)));
  const [C, N, D] = [typical("C"), typical("N"), typical("D")];
  if (N === undefined && D === undefined) return [];
  const nameOf = (field: Size): string => {
    const source = sources.get(field);
    return source === undefined ? "" : "column" in source ? source.column : source.rule.text;
  };
  const hinted = (unit: Unit) => hints[unit.words]!.test(nameOf(unit.field));
  const broken = (field: Size) => {
    const all = rows.flatMap((row) => numberIn(row, field));
    return field !== "C" && all.some((value) => !Number.isInteger(value)) && (median(all) ?? SMALL) < SMALL;
  };
  const tell = (unit: Unit, why: string): Notice => ({
    kind: "units",
    runs: [...new Set(rows.map((row) => String(row.label)))],
    message: `${unit.field} (${nameOf(unit.field)}) seems to be in ${unit.words}: ${why}; --rule ${ruleFor(unit, sources)} puts it right`,
  });
  if (C === undefined || N === undefined || D === undefined) {
    const [other, one] = C === undefined ? [undefined, undefined] : [C, (N ?? D)!];
    // A model that saw less than one token, or a data set that fits in none.
    if (other !== undefined && other / (6 * one!) < 1) {
      const [first] = chosen(
        units.filter(({ field }) => field === "C"),
        hinted,
      );
      return [tell(first!, `C / 6·${N === undefined ? "D" : "N"} is ${short(other / (6 * one!))}`)];
    }
    return (["N", "D"] as const).flatMap((field) => {
      const own = units.filter((unit) => unit.field === field);
      if (sources.has(field) && (broken(field) || ((typical(field) ?? SMALL) < SMALL && own.some(hinted))))
        return [tell(chosen(own, hinted)[0]!, `it is ${short(typical(field)!)} in the middle of the runs`)];
      return [];
    });
  }
  const off = C / (6 * N * D);
  const fits = (ratio: number, most: number) => ratio <= most && ratio >= 1 / most;
  if (fits(off, USUAL)) return [];
  const corrected = (some: readonly Unit[]) =>
    some.reduce((ratio, { field, factor }) => (field === "C" ? ratio * factor : ratio / factor), off);
  const sets: readonly (readonly Unit[])[] = [
    ...units.map((unit) => [unit]),
    ...units.flatMap((unit, i) =>
      units.slice(i + 1).flatMap((next) => (next.field === unit.field ? [] : [[unit, next]])),
    ),
  ];
  const right = sets.filter((some) => fits(corrected(some), RIGHT));
  const best = [...right].sort((a, b) => doubtOf(a) - doubtOf(b))[0];
  const why = `C is ${short(off)} times 6·N·D`;
  if (best) return best.map((unit) => tell(unit, why));
  return [{ kind: "units", runs: [], message: `${why}; expected C in FLOPs, N in parameters and D in tokens` }];

  /** How little there is to say for it: few units, named so, of a field that is small. */
  function doubtOf(some: readonly Unit[]): number {
    const of = (unit: Unit) =>
      (hinted(unit) ? 0 : 2) + ({ C, N, D }[unit.field]! < SMALL || broken(unit.field) ? 0 : 4);
    return some.length + some.reduce((sum, unit) => sum + of(unit), 0);
  }
};

const chosen = (some: readonly Unit[], hinted: (unit: Unit) => boolean): readonly Unit[] => {
  const named = some.filter(hinted);
  return named.length > 0 ? named : some;
};

const ruleFor = ({ field, factor }: Unit, sources: ReadonlyMap<string, Source>): string => {
  const source = sources.get(field)!;
  const text = "rule" in source ? `(${source.rule.text})` : nameInRule(source.column);
  return `'${field}=${factor.toExponential().replace("e+", "e")}*${text}'`;
};

/** A name as a rule has it. */
const nameInRule = (name: string): string => (/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name) ? name : `"${name}"`);

const numberIn = (row: Row, field: Size): readonly number[] => {
  const value = row[field];
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? [value] : [];
};

const median = (values: readonly number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];

const short = (value: number): string => String(Number(value.toPrecision(2)));
