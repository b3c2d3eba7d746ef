import { ScalingError } from "../errors.js";
import type { Table } from "./delimited.js";

/** What a column can be called that holds a field, beside the field's own name. Units other than one are not among them. */
const commonNames = {
  C: [
    ...["flop", "flops", "compute", "computebudget", "computeflop", "computeflops", "trainingflop", "trainingflops"],
    ...["trainflop", "trainflops", "trainingcompute", "traincompute", "totalflop", "totalflops", "totalcompute"],
  ],
  N: [
    ...["params", "parameters", "nparams", "nparameters", "numparams", "numparameters", "paramcount", "parametercount"],
    ...["modelsize", "modelparams", "modelparameters", "totalparams", "totalparameters", "ntotal", "ntrainable"],
    ...["trainableparams", "trainableparameters", "nonembedding", "nnonembedding", "nonembeddingparams"],
    ...["nonembeddingparameters", "paramsnonembedding", "parametersnonembedding", "nparamsnonembedding"],
  ],
  D: [
    ...["tokens", "ntokens", "numtokens", "dtokens", "trainingtokens", "traintokens", "totaltokens", "tokensseen"],
    ...["tokencount", "data", "datasize", "trainingdata"],
  ],
  loss: [
    ...["valloss", "validationloss", "finalloss", "evalloss", "evaluationloss", "testloss", "finalvalloss"],
    ...["finalvalidationloss", "finalevalloss", "lossval", "lossvalidation", "losseval", "lossfinal"],
  ],
} as const satisfies Record<string, readonly string[]>;

/** Further predictors under their common names. */
const commonInputs: Readonly<Record<string, readonly string[]>> = {
  U: ["uniquetokens", "nuniquetokens", "numuniquetokens", "uniquetrainingtokens", "tokensunique"],
};

/** What the name of a column that holds a field often has in it. */
const hints = {
  C: /flop|compute|budget/i,
  N: /param|size/i,
  D: /token|data|sample/i,
  loss: /loss|nll|entropy|bpb|perplexity|ppl/i,
} as const;

type Field = keyof typeof commonNames;
const SIZES = ["C", "N", "D"] as const satisfies readonly Field[];

/** Case and separators say nothing. */
const normal = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** The columns that a field's own name or a common one could stand for; its own comes first. */
export const columnsCalled = (header: readonly string[], field: Field): readonly string[] => {
  const names: readonly string[] = [normal(field), ...commonNames[field]];
  const called = header.filter((name) => name !== field && names.includes(normal(name)));
  return header.includes(field) ? [field, ...called] : called;
};

/** Columns that were asked for, by field and by the name of a metric or predictor. */
interface Asked extends Partial<Record<Field | "sigma" | "seed" | "label", string>> {
  readonly metrics?: Readonly<Record<string, string>>;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Columns taken by their common names. */
export interface CommonNames {
  /** Field → column. */
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  /** Predictor → column. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * The columns that hold what is needed and is neither asked for nor there under its own name. Two of C, N and D are enough; a third is
 * not guessed beside them.
 * @throws ScalingError `missing-column` where several columns could be the one
 */
export const byCommonNames = (table: Table, asked: Asked, needsLoss: boolean): CommonNames => {
  const { header } = table;
  const { metrics = {}, inputs = {}, ...fields } = asked;
  const given = (field: Field) => asked[field] !== undefined || header.includes(field);
  const sizes = SIZES.filter(given).length >= 2 ? [] : SIZES.filter((field) => !given(field));
  const wanted: readonly Field[] = [...sizes, ...(needsLoss && !given("loss") ? (["loss"] as const) : [])];
  const taken = new Set([...Object.values(fields), ...Object.values(metrics), ...Object.values(inputs)]);
  const free = header.filter((name) => !(taken.has(name) || Object.hasOwn(commonNames, name)));
  const found = wanted.flatMap((field) => {
    const names: readonly string[] = [field.toLowerCase(), ...commonNames[field]];
    const [one, other] = free.filter((name) => names.includes(normal(name)));
    if (other !== undefined)
      throw new ScalingError("missing-column", `both "${one}" and "${other}" could be ${field}; name the one it is`, {
        field,
      });
    return one === undefined ? [] : [[field, one] as const];
  });
  return { fields: Object.fromEntries(found), inputs: inputsIn(table, free, inputs) };
};

/** A predictor is not needed, so it is taken only where one column has its name and nothing else than numbers. */
const inputsIn = (table: Table, free: readonly string[], asked: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(commonInputs).flatMap(([input, names]) => {
      if (Object.hasOwn(asked, input)) return [];
      const exact = free.filter((name) => name === input);
      const [column, ...others] = exact.length > 0 ? exact : free.filter((name) => names.includes(normal(name)));
      if (column === undefined || others.length > 0) return [];
      const at = table.header.indexOf(column);
      const right = (cell = "") => cell.trim() === "" || (Number(cell) > 0 && Number.isFinite(Number(cell)));
      return table.rows.every((cells) => right(cells[at])) ? [[input, column] as const] : [];
    }),
  );

/** "; did you mean …" with the column that was most likely meant by a name, or nothing. */
export const didYouMean = (header: readonly string[], field: string, asked?: string): string => {
  const near = likely(header, field, asked);
  return near === undefined ? "" : `; did you mean "${near}"?`;
};

const likely = (header: readonly string[], field: string, asked = field): string | undefined => {
  const name = normal(asked);
  const close = header
    .map((column) => ({ column, distance: edits(name, normal(column)) }))
    .filter(({ distance }) => distance <= Math.floor(name.length / 3))
    .sort((a, b) => a.distance - b.distance)[0]?.column;
  if (close !== undefined) return close;
  const within = (part: string, whole: string) => part.length >= 3 && whole.includes(part);
  const contains = (column: string) => within(name, normal(column)) || within(normal(column), name);
  const hint = Object.hasOwn(hints, field) ? hints[field as Field] : undefined;
  return header.find(contains) ?? (hint && header.find((column) => hint.test(column)));
};

/** Letters that have to be put in, left out, changed or swapped with their neighbour (optimal string alignment). */
const edits = (a: string, b: string): number => {
  let [twoBack, before]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(before![j]! + 1, row[j - 1]! + 1, before![j - 1]! + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) least = Math.min(least, twoBack![j - 2]! + 1);
      row.push(least);
    }
    [twoBack, before] = [before!, row];
  }
  return before![b.length]!;
};
