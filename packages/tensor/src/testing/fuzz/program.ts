import type { DType, Shape, Tensor } from "../../index.js";
import * as api from "../../index.js";
import type { Tree } from "../../tree.js";

/** Stands for an earlier value in the arguments of a call. */
export class Ref {
  constructor(readonly value: number) {}
}

type Leaf = Ref | number | string | boolean | null;

/** What a call may be given: earlier values, numbers, strings, and lists and records of these. */
export type Argument = Tree<Leaf>;

/** A function of the package, as one writes it. */
export type FunctionName = keyof typeof api | `random.${keyof typeof api.random}`;

/** One call of a function of the package: its result (or the `part`-th of several) is the next value. */
export interface Call {
  readonly name: FunctionName;
  readonly args: readonly Argument[];
  readonly part?: number;
}

export interface Input {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: readonly number[];
}

/** A straight-line program: values are numbered, inputs first, then one per call. */
export interface Program {
  readonly inputs: readonly Input[];
  readonly calls: readonly Call[];
  readonly outputs: readonly number[];
}

const isList = <L>(argument: Tree<L>): argument is readonly Tree<L>[] => Array.isArray(argument);

const isLeaf = (argument: Argument): argument is Leaf =>
  typeof argument !== "object" || argument === null || argument instanceof Ref;

/** Replaces every leaf of an argument. */
const mapArgument = <R>(argument: Argument, visit: (leaf: Leaf) => R): Tree<R> => {
  if (isLeaf(argument)) return visit(argument);
  if (isList(argument)) return argument.map((item) => mapArgument(item, visit));
  return Object.fromEntries(Object.entries(argument).map(([key, item]) => [key, mapArgument(item, visit)]));
};

/** A call with other leaves among its arguments. */
export const mapLeaves = (call: Call, visit: (leaf: Leaf) => Leaf): Call => ({
  ...call,
  args: call.args.map((argument) => mapArgument(argument, visit)),
});

/** A call that reads other values. */
export const renumbered = (call: Call, place: (value: number) => number): Call =>
  mapLeaves(call, (leaf) => (leaf instanceof Ref ? new Ref(place(leaf.value)) : leaf));

/** The values a call reads. */
export const readsOf = (call: Call): number[] => {
  const reads: number[] = [];
  for (const argument of call.args) mapArgument(argument, (leaf) => (leaf instanceof Ref ? reads.push(leaf.value) : 0));
  return reads;
};

/** Where values go that are numbered anew. */
export const placesOf = (values: Iterable<number>): ((value: number) => number) => {
  const places = new Map([...values].map((value, place) => [value, place]));
  return (value) => {
    const place = places.get(value);
    if (place === undefined) throw new Error(`value ${value} has no place in the program`);
    return place;
  };
};

const functions: Readonly<Record<string, unknown>> = {
  ...api,
  ...Object.fromEntries(Object.entries(api.random).map(([name, f]) => [`random.${name}`, f])),
};

/** Records one call on the values so far. */
export const record = ({ name, args, part }: Call, values: readonly Tensor[]): Tensor => {
  const given = args.map((argument) =>
    mapArgument(argument, (leaf) => (leaf instanceof Ref ? values[leaf.value] : leaf)),
  );
  const result = (functions[name] as (...given: unknown[]) => Tensor | Tensor[])(...given);
  return Array.isArray(result) ? result[part ?? 0]! : result;
};

/** The program's outputs as functions of its inputs. */
export const apply = (program: Program, inputs: readonly Tensor[]): Tensor[] => {
  const values = [...inputs];
  for (const call of program.calls) values.push(record(call, values));
  return program.outputs.map((output) => values[output]!);
};

/** Without the calls and inputs that no output needs. */
export const withoutDead = ({ inputs, calls, outputs }: Program): Program => {
  const used = new Set(outputs);
  for (let i = calls.length - 1; i >= 0; i--)
    if (used.has(inputs.length + i)) for (const read of readsOf(calls[i]!)) used.add(read);
  const place = placesOf([...used].sort((a, b) => a - b));
  return {
    inputs: inputs.filter((_, i) => used.has(i)),
    calls: calls.filter((_, i) => used.has(inputs.length + i)).map((call) => renumbered(call, place)),
    outputs: outputs.map(place),
  };
};
