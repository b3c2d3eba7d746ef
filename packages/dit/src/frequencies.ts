import { add, arange, bitAnd, bitcast, constant, mul, round, select, sub, type Tensor } from "@isoflop/tensor";

/**
 * 10000^(-i / count) / 2π for i = 0 .. count-1, in turns: the sum of three f32 [count] of 12, 12 and 24 bits.
 * A single f32 is not enough: at 1000 t near 1000 its rounding alone turns the phase by 3e-5.
 */
export interface Frequencies {
  readonly high: Tensor;
  readonly middle: Tensor;
  readonly low: Tensor;
}

const LEADING_12_BITS = 0xfffff000;

/** The 12 leading bits of an f32, so that products with another 12 bits are exact. */
const leading = (x: Tensor): Tensor => bitcast(bitAnd(bitcast(x, "u32"), LEADING_12_BITS), "f32");

/** The f32 nearest to x as 12 + 12 bits, and what is left of x. */
const parts = (x: number): readonly [number, number, number] => {
  const whole = Math.fround(x);
  const bits = new Uint32Array(Float32Array.of(whole).buffer);
  bits[0]! &= LEADING_12_BITS;
  const head = new Float32Array(bits.buffer)[0]!;
  return [head, whole - head, x - whole];
};

/** The product over the bits of i, each factor in three parts (Dekker, Numerische Mathematik 18, 1971). */
export const frequencies = (count: number): Frequencies => {
  const index = arange(count, "u32");
  const [first, second, third] = parts(1 / (2 * Math.PI));
  let high: Tensor = constant(first + second);
  let low: Tensor = constant(third);
  for (let bit = 1; bit < count; bit *= 2) {
    const isSet = bitAnd(index, bit).cast("bool");
    const [a, b, c] = parts(10000 ** (-bit / count));
    const [qa, qb, qc] = [select(isSet, a, 1), select(isSet, b, 0), select(isSet, c, 0)];
    const head = leading(high);
    const tail = sub(high, head);
    const product = mul(head, qa);
    const corrections = add(mul(tail, qb), add(mul(high, qc), mul(low, add(qa, qb))));
    const rest = add(add(mul(head, qb), mul(tail, qa)), corrections);
    const sum = add(product, rest);
    low = sub(rest, sub(sum, product));
    high = sum;
  }
  const head = leading(high);
  return { high: head, middle: sub(high, head), low };
};

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
