import type { DType, Shape, Tensor } from "../../index.js";
import * as api from "../../index.js";

/** Stands for an earlier value in the arguments of a call. */
export class Ref {
  constructor(readonly value: number) {}
}

/** What a call may be given: earlier values, numbers, strings, and lists and records of these. */
export type Argument =
  | Ref
  | number
  | string
  | boolean
  | null
  | readonly Argument[]
  | { readonly [key: string]: Argument };

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

const isRecord = (argument: Argument): argument is { readonly [key: string]: Argument } =>
  typeof argument === "object" && argument !== null && !Array.isArray(argument) && !(argument instanceof Ref);

/** Replaces every leaf of an argument. */
export const mapArgument = <R>(
  argument: Argument,
  visit: (leaf: Ref | number | string | boolean | null) => R,
): unknown => {
  if (Array.isArray(argument)) return argument.map((item: Argument) => mapArgument(item, visit));
  if (isRecord(argument))
    return Object.fromEntries(Object.entries(argument).map(([key, item]) => [key, mapArgument(item, visit)]));
  return visit(argument as Ref | number | string | boolean | null);
};

/** The values a call reads. */
export const readsOf = (call: Call): number[] => {
  const reads: number[] = [];
  mapArgument(call.args, (leaf) => (leaf instanceof Ref ? reads.push(leaf.value) : 0));
  return reads;
};

const functions: Readonly<Record<string, unknown>> = {
  ...api,
  ...Object.fromEntries(Object.entries(api.random).map(([name, f]) => [`random.${name}`, f])),
};

/** Records one call on the values so far. */
export const record = ({ name, args, part }: Call, values: readonly Tensor[]): Tensor => {
  const given = mapArgument(args, (leaf) => (leaf instanceof Ref ? values[leaf.value]! : leaf)) as unknown[];
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
  const places = new Map([...used].sort((a, b) => a - b).map((value, place) => [value, place]));
  const moved = (call: Call): Call => ({
    ...call,
    args: mapArgument(call.args, (leaf) =>
      leaf instanceof Ref ? new Ref(places.get(leaf.value)!) : leaf,
    ) as Argument[],
  });
  return {
    inputs: inputs.filter((_, i) => used.has(i)),
    calls: calls.filter((_, i) => used.has(inputs.length + i)).map(moved),
    outputs: outputs.map((output) => places.get(output)!),
  };
};
