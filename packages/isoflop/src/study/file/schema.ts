import { sources } from "@isoflop/data";
import { grids, solvers } from "@isoflop/diffusion";
import { architectures, ladderRules, mlpKinds, normKinds, positionKinds, queryKeyNorms } from "@isoflop/flops";
import { choice, nameIn, number, positive, record, recordOrName, text, whole } from "@isoflop/spec";
import { batchRule, learningRateRule, runners } from "@isoflop/sweep";
import { expertsSchema, optimizerSchemaOf, parameterizations, trainFields } from "@isoflop/train";
import * as v from "valibot";
import { byShape } from "./shapes.js";

const size = whole({ atLeast: 1 });

const contexts = ["none", "classes", "words", "features"] as const;

/** Of a model, what its data and its size do not decide. What is left out has the default of `@isoflop/dit`. */
const modelSchema = record({
  conditioning: v.optional(nameIn(architectures), "inContext"),
  patch: v.optional(size, 2),
  ladder: v.optional(choice(Object.keys(ladderRules) as (keyof typeof ladderRules)[]), "shallow"),
  mlpRatio: v.exactOptional(positive),
  time: v.exactOptional(choice(["token", "added"])),
  timeScale: v.exactOptional(positive),
  timeFeatures: v.exactOptional(size),
  norm: v.exactOptional(choice(normKinds)),
  mlp: v.exactOptional(choice(mlpKinds)),
  registers: v.exactOptional(whole()),
  positions: v.exactOptional(choice(positionKinds)),
  qkNorm: v.exactOptional(choice(queryKeyNorms)),
  experts: v.exactOptional(expertsSchema),
  image: v.exactOptional(record({ height: size, width: size, channels: size, frames: v.exactOptional(size) })),
  patchFrames: v.exactOptional(size),
  parameterization: v.exactOptional(recordOrName(parameterizations)),
  /** What of a caption the model reads: by name as the data have it, or the whole record. */
  context: v.exactOptional(
    byShape('what of a caption is read, such as words, or a record such as { kind: "none" }', {
      text: choice(contexts),
      record: v.looseObject({ kind: choice(contexts) }, "a record"),
    }),
  ),
});

/** Numbers from `from` to `to`. */
const range = v.pipe(
  record({ from: positive, to: positive, count: whole({ atLeast: 2, atMost: 1000 }) }),
  v.check(({ from, to }) => from < to, "a range whose from is below its to"),
);

const budgets = byShape("one budget, a list of budgets, or { from, to, count }", {
  number: positive,
  list: v.pipe(v.array(positive, "a list of budgets"), v.minLength(1, "a list of at least one budget")),
  record: range,
});

const steps = v.pipe(
  record({ from: size, to: size, step: size }),
  v.check(({ from, to }) => from <= to, "a range whose from is at most its to"),
  v.check(({ from, to, step }) => (to - from) / step < 1000, "a range of at most 1000 widths"),
);

/** Widths around a centre that moves with the budget as C^exponent, at a constant ratio. */
const around = record({
  around: record({ budget: positive, width: positive, exponent: number() }),
  ratio: v.optional(number({ above: 1 }), 1.3),
  count: v.optional(whole({ atLeast: 1, atMost: 1000 }), 5),
  step: v.optional(size, 8),
});

const widths = byShape("a list of widths, { from, to, step }, or { around, ratio, count, step }", {
  number: size,
  list: v.pipe(v.array(size, "a list of widths"), v.minLength(1, "a list of at least one width")),
  record: v.lazy((given) => {
    if (given === undefined) return v.union([around, steps]);
    return typeof given === "object" && given !== null && "around" in given ? around : steps;
  }),
});

/** A size that no ladder gives: depth and heads are the ladder's where they are left out. */
const models = v.pipe(
  v.array(record({ width: size, depth: v.exactOptional(size), heads: v.exactOptional(size) }), "a list of sizes"),
  v.minLength(1, "a list of at least one size"),
);

const sized = <T extends { readonly widths?: unknown; readonly models?: unknown }>() =>
  v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const given = (["widths", "models"] as const).filter((name) => dataset.value[name] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? "neither widths nor models" : "widths and models";
    addIssue({ message: `there are ${found}; expected one of them, such as widths: [32, 48, 64]` });
  });

const sizes = { budgets, widths: v.exactOptional(widths), models: v.exactOptional(models) };

const gridSchema = v.pipe(record({ ...sizes, seeds: v.optional(whole({ atLeast: 1, atMost: 1000 }), 1) }), sized());

/** Of its sizes so many are trained, about the optimum that is predicted, each so many times as large as the one before it. */
const heldOutSchema = v.pipe(
  record({
    ...sizes,
    count: v.optional(whole({ atLeast: 1, atMost: 9 }), 1),
    ratio: v.optional(number({ above: 1 }), 2),
  }),
  sized(),
);

/** Short runs that find the learning rate's rule. What is left out follows from the grid. */
const tuneSchema = record({
  budgets: v.exactOptional(budgets),
  widths: v.exactOptional(v.pipe(v.array(size, "a list of widths"), v.minLength(1, "a list of at least one width"))),
  rates: v.exactOptional(
    v.pipe(
      v.array(positive, "a list of rates"),
      v.check((rates) => new Set(rates).size === rates.length, "a list of rates, each once"),
      v.minLength(3, "a list of at least three rates"),
    ),
  ),
  follows: v.optional(v.array(choice(["width", "tokens"]), 'a list of "width" and "tokens"'), ["width", "tokens"]),
});

/** One or several. */
const some = <S extends v.GenericSchema>(schema: S, what: string) =>
  byShape(`${what}, or a list of such`, {
    list: v.pipe(v.array(schema, `a list, each ${what}`), v.minLength(1, `a list of at least one`)),
    record: schema,
  });

const { objective, ...train } = trainFields;

const share = number({ atLeast: 0, atMost: 1 });

const interval = v.pipe(
  v.tuple([share, share], "two times of 0..1"),
  v.check(([from, to]) => from < to, "two times of 0..1, the smaller first"),
);

/** Pictures that are drawn from the held-out model. */
const samples = record({
  count: v.optional(whole({ atLeast: 0, atMost: 4096 }), 24),
  steps: v.optional(size, 25),
  guidance: v.optional(number(), 2),
  solver: v.optional(recordOrName(solvers), "heun"),
  grid: v.exactOptional(recordOrName(grids)),
  guidanceInterval: v.exactOptional(interval),
  guidanceChannels: v.exactOptional(size),
});

/** A file's name and more. */
const name = v.pipe(
  text,
  v.regex(/^[A-Za-z0-9][\w.-]{0,63}$/, "a name of letters, digits, dots, dashes and underscores"),
);

const optimizerSchema = optimizerSchemaOf(
  v.optional(
    byShape('a number above 0, { at, width: [reference, exponent], tokens: …, batch: … } or "tune"', {
      number: positive,
      text: v.literal("tune", '"tune", or a number or a rule'),
      record: learningRateRule,
    }),
    2e-3,
  ),
);

/** One of the studies that are compared, where several fields change together: its name, and by their paths the fields that it sets. */
const comparedArm = v.pipe(
  v.looseObject({ name }, "a record of a name and the fields that it sets"),
  v.check((fields) => Object.keys(fields).length > 1, "a record that sets a field beside its name"),
);

export const studySchema = record({
  name: v.optional(name, "study"),
  summary: v.optional(v.string("a text"), ""),
  data: byShape("a source's name or record", { text, record: sources.schema }),
  model: v.optional(modelSchema, {}),
  objective,
  batch: v.optional(
    byShape("a number of images or { at, budget: [reference, exponent] }", { number: size, record: batchRule }),
    16,
  ),
  optimizer: v.optional(optimizerSchema, v.parse(optimizerSchema, {})),
  tune: v.exactOptional(tuneSchema),
  averaging: train.averaging,
  snapshots: train.snapshots,
  captionDropout: train.captionDropout,
  dropPath: train.dropPath,
  balance: train.balance,
  validation: train.validation,
  seed: train.seed,
  metrics: v.optional(v.array(v.looseObject({}, "a record"), "a list of metrics"), []),
  runner: v.exactOptional(runners.schema),
  modules: v.optional(v.array(text, "a list of modules"), []),
  grid: some(gridSchema, "budgets with widths or models"),
  heldOut: v.optional(v.nullable(some(heldOutSchema, "budgets with widths or models")), null),
  samples: v.optional(v.nullable(samples), null),
  device: v.optional(choice(["wasm", "webgpu"]), "wasm"),
  parallel: v.exactOptional(whole({ atLeast: 1, atMost: 1024 })),
  compare: v.exactOptional(
    byShape("a record of one path and its values, or a list of records, each of a name and the fields that it sets", {
      record: v.record(
        v.string(),
        v.pipe(v.array(v.unknown(), "a list of values"), v.minLength(2, "a list of at least two values")),
      ),
      list: v.pipe(
        v.array(comparedArm, "a list of records, each of a name and the fields that it sets"),
        v.minLength(2, "a list of at least two records"),
      ),
    }),
  ),
});

/** Lists and records that nobody changes. */
type Fixed<T> = T extends string | readonly [unknown, ...(readonly unknown[])]
  ? T
  : T extends readonly (infer U)[]
    ? readonly Fixed<U>[]
    : T extends object
      ? { readonly [K in keyof T]: Fixed<T[K]> }
      : T;

/** A study as its file says it, defaults filled in. */
export type StudyFile = Fixed<v.InferOutput<typeof studySchema>>;

/** As one writes it. */
export type StudyFileInput = Fixed<v.InferInput<typeof studySchema>>;
