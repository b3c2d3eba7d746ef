import {
  abs,
  cast,
  ceil,
  clamp,
  type Device,
  less,
  reshape,
  round,
  select,
  slice,
  sum,
  type Tensor,
  take,
} from "@isoflop/tensor";
import { type Arithmetic, tensors } from "../arithmetic.js";
import type { Coefficients } from "../path.js";

/** What tables say of the steps, one row each: alpha at its end, 1 - alpha at its start, their fall, the index at its end, its stride. */
const columns = ["end", "start", "fall", "index", "stride"] as const;
type Column = (typeof columns)[number];
export type Rows = Readonly<Record<Column, readonly number[]>>;

/** A step of the process, and how far from its start and to its end a time is, in steps. */
interface Within<T> {
  read(column: Column): T;
  readonly from: T;
  readonly left: T;
}

/** Tables as a formula reads them: numbers of the host, or tensors of a device. */
export interface Tables<T> {
  /** The step in which a time lies; a time within rounding of an index is that index, the end of its step. */
  at(t: T): Within<T>;
  /** The step in which noise stands so to signal, and how many are before it. */
  ofRatio(ratio: T): Pick<Within<T>, "read"> & { readonly before: T };
}

/** Ratios sigma / alpha at the ends of the steps. */
export const ratiosOf = ({ end, start, fall }: Rows): readonly number[] =>
  end.map((alpha, i) => {
    const rest = start[i]! + fall[i]!;
    return Math.sqrt(rest * (1 + alpha)) / alpha;
  });

export const hostTables = (rows: Rows, steps: number): Tables<number> => {
  const ratios = ratiosOf(rows);
  const row = (k: number) => (column: Column) => rows[column][k]!;
  return {
    at(t) {
      const nearest = Math.round(t * steps);
      const p = Math.abs(t * steps - nearest) < 1e-9 ? nearest : t * steps;
      const k = Math.max(Math.ceil(p) - 1, 0);
      return { read: row(k), from: p - k, left: k + 1 - p };
    },
    ofRatio(ratio) {
      let [low, high] = [0, steps - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ratios[middle]! < ratio) low = middle + 1;
        else high = middle;
      }
      return { read: row(low), before: low };
    },
  };
};

export const deviceTables = (rows: Rows, steps: number, device: Device): Tables<Tensor> => {
  const table = device.tensor(
    rows.end.flatMap((_, k) => columns.map((column) => rows[column][k]!)),
    [steps, columns.length],
  );
  const ratios = device.tensor(ratiosOf(rows).slice(0, -1), [steps - 1]);
  /** f32 times are off by up to 2^-25 of 1. */
  const rounding = steps * 2 ** -23;
  const row = (k: Tensor) => {
    const found = take(table, cast(k, "i32"));
    return (column: Column): Tensor => {
      const at = columns.indexOf(column);
      return reshape(slice(found, [...k.shape.map(() => null), at]) as Tensor, k.shape);
    };
  };
  return {
    at(t) {
      const scaled = tensors.mul(t, steps);
      const nearest = round(scaled);
      const p = select(less(abs(tensors.sub(scaled, nearest)), rounding), nearest, scaled);
      const k = clamp(tensors.sub(ceil(p), 1), 0, steps - 1);
      return { read: row(k), from: tensors.sub(p, k), left: tensors.sub(tensors.add(k, 1), p) };
    },
    ofRatio(ratio) {
      const below = less(ratios, reshape(ratio, [...ratio.shape, 1]));
      const before = sum(cast(below, "f32"), [ratio.rank]) as Tensor;
      return { read: row(before), before };
    },
  };
};

/** alpha falls in a straight line between indices. */
export const coefficients = <T>(m: Arithmetic<T>, tables: Tables<T>, t: T, steps: number): Coefficients<T> => {
  const { read, from, left } = tables.at(t);
  const fall = read("fall");
  const alpha = m.add(read("end"), m.mul(fall, left));
  const rest = m.add(read("start"), m.mul(fall, from));
  const sigma = m.sqrt(m.mul(rest, m.add(alpha, 1)));
  const alphaDot = m.mul(fall, -steps);
  const sigmaSigmaDot = m.mul(m.mul(alpha, fall), steps);
  const index = m.sub(read("index"), m.mul(read("stride"), left));
  return { alpha, sigma, alphaDot, sigmaDot: m.div(sigmaSigmaDot, sigma), sigmaSigmaDot, index };
};

/** The time of a ratio: of alpha, or of 1 - alpha where that has the digits. */
export const timeOfRatio = <T>(m: Arithmetic<T>, tables: Tables<T>, ratio: T, steps: number): T => {
  const { read, before } = tables.ofRatio(ratio);
  const root = m.sqrt(m.add(m.mul(ratio, ratio), 1));
  const alpha = m.div(1, root);
  const rest = m.div(m.mul(m.mul(ratio, alpha), ratio), m.add(root, 1));
  const fall = read("fall");
  const fromStart = m.div(m.sub(rest, read("start")), fall);
  const fromEnd = m.sub(1, m.div(m.sub(alpha, read("end")), fall));
  const from = m.min(m.max(m.choose(alpha, 0.5, fromEnd, fromStart), 0), 1);
  return m.div(m.add(before, from), steps);
};
