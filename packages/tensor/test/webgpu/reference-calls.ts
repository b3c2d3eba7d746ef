import type { CallKernel, View } from "../../src/compile/kernel.js";
import { permuteIndex, roundKeys } from "../../src/random/permutation.js";
import { threefry2x32 } from "../../src/random/threefry.js";
import { load, type Memory, positions, store } from "./reference.js";

type Call = (
  slots: readonly Memory[],
  inputs: readonly View[],
  outputs: readonly View[],
  attrs: CallKernel["attrs"],
) => void;

/** A row function as a call over [rows, columns] matrices, with optional per-row values. */
const byRow =
  (f: (rows: number[][], attrs: CallKernel["attrs"], perRow: number) => { row: number[]; value?: number }): Call =>
  (slots, inputs, outputs, attrs) => {
    const matrices = inputs.filter(({ shape }) => shape.length === 2);
    const vector = inputs.find(({ shape }) => shape.length === 1);
    const [rows, columns] = outputs[0]!.shape as [number, number];
    for (let r = 0; r < rows; r++) {
      const read = matrices.map((view) => Array.from({ length: columns }, (_, c) => load(slots, view, [r, c])));
      const { row, value } = f(read, attrs, vector ? load(slots, vector, [r]) : 0);
      for (const [c, x] of row.entries()) store(slots, outputs[0]!, [r, c], x);
      if (outputs[1]) store(slots, outputs[1], [r], value!);
    }
  };

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * b[i]!));

const within = (index: number, extent: number): boolean => index >= 0 && index < extent;

/** The dot product of token s of x and token t of y in one head of [batch, tokens, heads, width]. */
const headDot = (slots: readonly Memory[], x: View, y: View, b: number, s: number, t: number, h: number): number =>
  sum(Array.from({ length: x.shape[3]! }, (_, d) => load(slots, x, [b, s, h, d]) * load(slots, y, [b, t, h, d])));

/** Call kernels in float64, written as their definitions. */
export const CALLS: Record<string, Call> = {
  matmul: (slots, [a, b, addend], [out], attrs) => {
    const inner = a!.shape.at(-1)!;
    for (const position of positions(out!.shape)) {
      const [row, column] = position.slice(-2) as [number, number];
      const batch = position.slice(0, -2);
      let total = 0;
      for (let k = 0; k < inner; k++)
        total += load(slots, a!, [...batch, row, k]) * load(slots, b!, [...batch, k, column]);
      total *= (attrs.scale as number | undefined) ?? 1;
      store(slots, out!, position, addend ? total + load(slots, addend, position) : total);
    }
  },
  softmax: byRow(([x], { log }) => {
    const high = Math.max(...x!);
    const total = sum(x!.map((value) => Math.exp(value - high)));
    return { row: x!.map((value) => (log ? value - high - Math.log(total) : Math.exp(value - high) / total)) };
  }),
  softmaxBackward: byRow(([y, dy]) => {
    const total = dot(y!, dy!);
    return { row: y!.map((value, c) => value * (dy![c]! - total)) };
  }),
  normalize: byRow(([x], { eps, center }) => {
    const centre = center ? mean(x!) : 0;
    const centred = x!.map((value) => value - centre);
    const scale = 1 / Math.sqrt(mean(centred.map((value) => value * value)) + Number(eps));
    return { row: centred.map((value) => value * scale), value: scale };
  }),
  normalizeBackward: byRow(([dxhat, xhat], { center }, scale) => {
    const first = center ? mean(dxhat!) : 0;
    const second = dot(dxhat!, xhat!) / xhat!.length;
    return { row: dxhat!.map((value, c) => scale * (value - first - xhat![c]! * second)) };
  }),
  attention: (slots, [q, k, v], [out, lse], attrs) => {
    const [batch, queries, heads, width] = q!.shape as [number, number, number, number];
    const keys = k!.shape[1]!;
    for (const [b, s, h] of positions([batch, queries, heads]) as [number, number, number][]) {
      const scores = Array.from({ length: keys }, (_, t) => Number(attrs.scale) * headDot(slots, q!, k!, b, s, t, h));
      const high = Math.max(...scores);
      const normaliser = high + Math.log(sum(scores.map((x) => Math.exp(x - high))));
      store(slots, lse!, [b, h, s], normaliser);
      for (let d = 0; d < width; d++)
        store(
          slots,
          out!,
          [b, s, h, d],
          sum(scores.map((x, t) => Math.exp(x - normaliser) * load(slots, v!, [b, t, h, d]))),
        );
    }
  },
  attentionBackward: (slots, [q, k, v, out, lse, dout], [dq, dk, dv], attrs) => {
    const [batch, queries, heads, width] = q!.shape as [number, number, number, number];
    const keys = k!.shape[1]!;
    const scale = Number(attrs.scale);
    const add = (view: View, at: number[], x: number): void => store(slots, view, at, load(slots, view, at) + x);
    for (const view of [dq!, dk!, dv!]) for (const at of positions(view.shape)) store(slots, view, at, 0);
    for (const [b, s, h] of positions([batch, queries, heads]) as [number, number, number][]) {
      const rowSum = headDot(slots, dout!, out!, b, s, s, h);
      for (let t = 0; t < keys; t++) {
        const p = Math.exp(scale * headDot(slots, q!, k!, b, s, t, h) - load(slots, lse!, [b, h, s]));
        const ds = p * (headDot(slots, dout!, v!, b, s, t, h) - rowSum);
        for (let d = 0; d < width; d++) {
          add(dv!, [b, t, h, d], p * load(slots, dout!, [b, s, h, d]));
          add(dq!, [b, s, h, d], scale * ds * load(slots, k!, [b, t, h, d]));
          add(dk!, [b, t, h, d], scale * ds * load(slots, q!, [b, s, h, d]));
        }
      }
    }
  },
  take: (slots, [table, indices], [out]) => {
    for (const [i, c] of positions(out!.shape) as [number, number][]) {
      const row = load(slots, indices!, [i]);
      const outside = table!.dtype === "f32" ? Number.NaN : 0;
      store(slots, out!, [i, c], within(row, table!.shape[0]!) ? load(slots, table!, [row, c]) : outside);
    }
  },
  scatterAdd: (slots, [indices, updates], [out]) => {
    for (const position of positions(out!.shape)) store(slots, out!, position, 0);
    for (const [i, c] of positions(updates!.shape) as [number, number][]) {
      const row = load(slots, indices!, [i]);
      if (within(row, out!.shape[0]!))
        store(slots, out!, [row, c], load(slots, out!, [row, c]) + load(slots, updates!, [i, c]));
    }
  },
  gather: (slots, [x, indices], [out]) => {
    for (const [o, k, i] of positions(out!.shape) as [number, number, number][]) {
      const at = load(slots, indices!, [o, k, i]);
      store(slots, out!, [o, k, i], within(at, x!.shape[1]!) ? load(slots, x!, [o, at, i]) : Number.NaN);
    }
  },
  gatherBackward: (slots, [indices, dy], [out]) => {
    for (const position of positions(out!.shape)) store(slots, out!, position, 0);
    for (const [o, k, i] of positions(dy!.shape) as [number, number, number][]) {
      const at = load(slots, indices!, [o, k, i]);
      if (within(at, out!.shape[1]!))
        store(slots, out!, [o, at, i], load(slots, out!, [o, at, i]) + load(slots, dy!, [o, k, i]));
    }
  },
  cumsum: (slots, [x], [out], { reverse }) => {
    const [outer, n, inner] = x!.shape as [number, number, number];
    for (const [o, i] of positions([outer, inner]) as [number, number][]) {
      let total = 0;
      for (let j = 0; j < n; j++) {
        const at = reverse ? n - 1 - j : j;
        total += load(slots, x!, [o, at, i]);
        store(slots, out!, [o, at, i], total);
      }
    }
  },
  randomBits: (slots, [key], [out]) => {
    const [k0, k1] = [load(slots, key!, [0]), load(slots, key!, [1])];
    for (const [i] of positions(out!.shape) as [number][]) {
      const [a, b] = threefry2x32(k0, k1, 0, i);
      store(slots, out!, [i], (a ^ b) >>> 0);
    }
  },
  randomKeys: (slots, [key], [out]) => {
    const [k0, k1] = [load(slots, key!, [0]), load(slots, key!, [1])];
    for (const [i, w] of positions(out!.shape) as [number, number][])
      store(slots, out!, [i, w], threefry2x32(k0, k1, 0, i)[w]!);
  },
  permutation: (slots, [key], [out]) => {
    const keys = roundKeys(load(slots, key!, [0]), load(slots, key!, [1]));
    const n = out!.shape[0]!;
    for (const [i] of positions([n]) as [number][]) store(slots, out!, [i], permuteIndex(i, n, keys));
  },
};
