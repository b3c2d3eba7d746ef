import { cast, clamp, reshape, round, slice, sub, type Tensor, take } from "@isoflop/tensor";
import { tensors } from "../arithmetic.js";
import { must } from "../errors.js";
import { besideBatch, type Path } from "../path.js";
import { type DiscretePath, isDiscrete } from "../paths/discrete.js";

/** Tables per path: a path on a device is one value, so they are made once and live as long as it. */
const tables = new WeakMap<DiscretePath, Map<string, Tensor>>();

/** @throws DiffusionError("option") unless a path has steps, and its tables on a device */
const onDevice = (path: Path): DiscretePath & { readonly device: NonNullable<DiscretePath["device"]> } => {
  must(
    isDiscrete(path),
    "option",
    `a learned variance and DDPM's bound take a path of steps, such as discretePath(); the ${path.name} path has none.`,
  );
  const { device } = path;
  must(device, "option", `the ${path.name} path is not on a device; take objectiveOn(objective, device).`);
  return path as ReturnType<typeof onDevice>;
};

/**
 * Numbers of the steps of a process, computed in float64 on the host, at the times of a batch: each [n, 1, …] beside x.
 * @param key which numbers they are: tables of one key are made once
 * @param rowOf the numbers of an index
 * @throws DiffusionError("option") unless the path has steps and is on a device
 */
export const atSteps = <const N extends string>(
  path: Path,
  key: string,
  names: readonly N[],
  rowOf: (index: number) => Readonly<Record<N, number>>,
  t: Tensor,
  x: Tensor,
): Readonly<Record<N, Tensor>> => {
  const there = onDevice(path);
  const { steps, device } = there;
  const known = tables.get(there) ?? new Map<string, Tensor>();
  tables.set(there, known);
  const rows = (): number[] =>
    Array.from({ length: steps }, (_, i) => rowOf(i)).flatMap((row) => names.map((name) => row[name]));
  const table = known.get(key) ?? device.tensor(rows(), [steps, names.length]);
  known.set(key, table);
  const index = clamp(sub(round(tensors.mul(t, steps)), 1), 0, steps - 1);
  const found = take(table, cast(index, "i32"));
  const column = (i: number): Tensor => besideBatch(reshape(slice(found, [null, i]) as Tensor, t.shape), x);
  return Object.fromEntries(names.map((name, i) => [name, column(i)])) as Record<N, Tensor>;
};
