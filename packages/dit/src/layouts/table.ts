import { type DitConfig, resolve } from "@isoflop/flops";
import type { NamedSpecs } from "../spec.js";
import type { Rows, Stored, StoredParameter } from "./layout.js";

/** A module of theirs, or a lone array, and that of ours which it holds; `*` is the index of a block. */
export type Row = readonly [theirs: string, ours: string, rows?: Rows];

/** Modules in the order of a state dict. */
export interface Table {
  readonly head: readonly Row[];
  /** Those of every block. */
  readonly block: readonly Row[];
  /** What is otherwise in the last block. */
  readonly last?: readonly Row[];
  readonly tail: readonly Row[];
}

/** The parts of a stacked matrix one by one: of queries, keys and values, or of keys and values. */
export const part = (i: number, of: number): Rows => ({ take: [i], of });

/** The two halves the other way about. */
export const halvesSwapped: Rows = { take: [1, 0], of: 2 };

/** Leaves of a module, and a lone array. */
const leaves = ["", ".weight", ".bias"];

const at = (row: Row, block: number): Row => {
  const [theirs, ours, rows] = row;
  const named = (name: string) => name.replace("*", `${block}`);
  return rows ? [named(theirs), named(ours), rows] : [named(theirs), named(ours)];
};

/** What a table stores of the parameters that there are. */
export const storedBy = (table: Table, config: DitConfig, parameters: NamedSpecs): readonly StoredParameter[] => {
  const known = new Set(parameters.map(([name]) => name));
  const { depth } = resolve(config);
  const blocks = Array.from({ length: depth }, (_, i) =>
    table.block.map((row) => {
      const other = i === depth - 1 ? table.last?.find(([theirs]) => theirs === row[0]) : undefined;
      return at(other ?? row, i);
    }),
  );
  return [...table.head, ...blocks.flat(), ...table.tail].flatMap(([theirs, ours, rows]) =>
    leaves
      .filter((leaf) => known.has(ours + leaf))
      .map((leaf) => ({ name: theirs + leaf, of: ours + leaf, ...(rows && { rows }) })),
  );
};

const blockIndex = /(^|\.)(\w*blocks)\.(\d+)\./;

/** How a table begins to spell a parameter of ours. */
export const spelledBy = (table: Table, name: string): string | undefined => {
  const index = blockIndex.exec(name)?.[3] ?? "0";
  const general = name.replace(blockIndex, "$1$2.*.");
  for (const [theirs, ours] of [...table.head, ...table.block, ...table.tail])
    for (const leaf of leaves) if (ours + leaf === general) return theirs.replace("*", index) + leaf;
  return undefined;
};

/** Parameters under our own names, arrays of the model itself before those of its modules, as a state dict has them. */
export const asOurs = (parameters: NamedSpecs): readonly Stored[] => {
  const own = (name: string): boolean => !name.includes(".");
  const names = parameters.map(([name]) => name);
  return [...names.filter(own), ...names.filter((name) => !own(name))].map((name) => ({ name, of: name }));
};
