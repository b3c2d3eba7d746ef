import {
  add,
  arange,
  bitAnd,
  bitcast,
  bitOr,
  constant,
  mul,
  round,
  select,
  shiftLeft,
  shiftRight,
  sub,
  type Tensor,
} from "@isoflop/tensor";

/**
 * 10000^(-i / count) / 2π for i = 0 .. count-1, in turns: the sum of three f32 [count], its first 12 bits after the binary point,
 * the next 12, and the 24 after those. A single f32 is not enough: at 1000 t near 1000 its rounding alone turns the phase by 3e-5.
 */
export interface Frequencies {
  readonly high: Tensor;
  readonly middle: Tensor;
  readonly low: Tensor;
}

/** A number of [0, 1) in units of 2^-48: its first 32 bits and the 16 after those, as u32. */
interface Fixed {
  readonly first: Tensor;
  readonly rest: Tensor;
}

const low16 = (x: Tensor): Tensor => bitAnd(x, 0xffff);
const high16 = (x: Tensor): Tensor => shiftRight(x, 16);
const sum = (...terms: readonly [Tensor, ...Tensor[]]): Tensor => terms.reduce((total, x) => add(total, x));

/** a b, from products of 16 bits by 16; up to four units too small. */
const product = (a: Fixed, b: Fixed): Fixed => {
  const [a2, a1, a0] = [high16(a.first), low16(a.first), a.rest];
  const [b2, b1, b0] = [high16(b.first), low16(b.first), b.rest];
  const [left, right] = [mul(a2, b1), mul(a1, b2)];
  const beyond = sum(high16(mul(a2, b0)), high16(mul(a1, b1)), high16(mul(a0, b2)));
  const rest = sum(low16(left), low16(right), beyond);
  return { first: sum(mul(a2, b2), high16(left), high16(right), high16(rest)), rest: low16(rest) };
};

/** values[index] for 2^n values, by the bits of the index. */
const lookup = (index: Tensor, values: readonly number[]): Tensor => {
  const half = values.length / 2;
  if (half < 1) return constant(values[0]!, "u32");
  const isSet = bitAnd(index, half).cast("bool");
  return select(isSet, lookup(index, values.slice(half)), lookup(index, values.slice(0, half)));
};

/** 10000^(-step index / count) / √2π for an index of so many bits. */
const powers = (index: Tensor, bits: number, step: number, count: number): Fixed => {
  const values = Array.from({ length: 2 ** bits }, (_, i) => 10000 ** ((-step * i) / count) / Math.sqrt(2 * Math.PI));
  const first = values.map((x) => Math.floor(x * 2 ** 32));
  const rest = values.map((x) => Math.floor(x * 2 ** 48) % 2 ** 16);
  return { first: lookup(index, first), rest: lookup(index, rest) };
};

/**
 * The product of a power for the lower half of i's bits and one for the upper. In integers, because a compiler may reassociate
 * sums of floats and so undo what keeps their rounding errors.
 */
export const frequencies = (count: number): Frequencies => {
  const index = arange(count, "u32");
  const bits = Math.ceil(Math.log2(count));
  const lower = bits >> 1;
  const { first, rest } = product(
    powers(index, lower, 1, count),
    powers(shiftRight(index, lower), bits - lower, 2 ** lower, count),
  );
  return {
    high: mul(shiftRight(first, 20).cast("f32"), 2 ** -12),
    middle: mul(bitAnd(shiftRight(first, 8), 0xfff).cast("f32"), 2 ** -24),
    low: mul(bitOr(shiftLeft(bitAnd(first, 0xff), 16), rest).cast("f32"), 2 ** -48),
  };
};

const LEADING_12_BITS = 0xfffff000;

/** The 12 leading bits of an f32, so that products with another 12 bits are exact (Dekker, Numerische Mathematik 18, 1971). */
const leading = (x: Tensor): Tensor => bitcast(bitAnd(bitcast(x, "u32"), LEADING_12_BITS), "f32");

/** x minus the nearest whole number: exact. */
const fraction = (x: Tensor): Tensor => sub(x, round(x));

/**
 * x · 10000^(-i / count) in radians, whole turns taken off, for x [n] of up to 4096: [n, count], right to about 1e-6.
 */
export const phases = (x: Tensor, { high, middle, low }: Frequencies): Tensor => {
  const all = x.reshape([x.size, 1]);
  const head = leading(all);
  const tail = sub(all, head);
  const small = add(mul(tail, middle), mul(all, low));
  const turns = add(add(fraction(mul(head, high)), fraction(mul(tail, high))), add(fraction(mul(head, middle)), small));
  return mul(fraction(turns), 2 * Math.PI);
};
