import * as tensor from "@isoflop/tensor";
import { Tensor } from "@isoflop/tensor";

/**
 * What a formula may use, so that one text serves float64 numbers and f32 tensors. A plain number beside a tensor is a
 * constant of the graph.
 */
export interface Arithmetic<T> {
  add(a: T | number, b: T | number): T;
  sub(a: T | number, b: T | number): T;
  mul(a: T | number, b: T | number): T;
  div(a: T | number, b: T | number): T;
  min(a: T | number, b: T | number): T;
  max(a: T | number, b: T | number): T;
  exp(a: T): T;
  log(a: T): T;
  sqrt(a: T): T;
  sin(a: T): T;
  cos(a: T): T;
  tanh(a: T): T;
  /** log(1 + exp(a)), with its digits at both ends. */
  softplus(a: T): T;
  /** `below` where x < limit, else `above`; both are computed. */
  choose(x: T, limit: number, below: T, above: T): T;
}

export const numbers: Arithmetic<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  tanh: Math.tanh,
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  choose: (x, limit, below, above) => (x < limit ? below : above),
};

export const tensors: Arithmetic<Tensor> = {
  add: tensor.add,
  sub: tensor.sub,
  mul: tensor.mul,
  div: tensor.div,
  min: tensor.minimum,
  max: tensor.maximum,
  exp: (a) => tensor.exp(a),
  log: (a) => tensor.log(a),
  sqrt: (a) => tensor.sqrt(a),
  sin: (a) => tensor.sin(a),
  cos: (a) => tensor.cos(a),
  tanh: (a) => tensor.tanh(a),
  softplus: (a) => tensor.softplus(a),
  choose: (x, limit, below, above) => tensor.select(tensor.less(x, limit), below, above),
};

/** A function of one number, or of every element of a tensor. */
export interface Dual {
  (x: Tensor): Tensor;
  (x: number): number;
}

export const dual = (formula: <T>(m: Arithmetic<T>, x: T) => T): Dual =>
  ((x: number | Tensor) => (x instanceof Tensor ? formula(tensors, x) : formula(numbers, x))) as Dual;

/** log(1 + x) for x above 0, with its digits where x is small. */
export const log1p = <T>(m: Arithmetic<T>, x: T): T => {
  const series = [-1 / 8, 1 / 7, -1 / 6, 1 / 5, -1 / 4, 1 / 3, -1 / 2, 1].reduce<T>(
    (sum, c) => m.mul(m.add(sum, c), x),
    m.mul(x, 1 / 9),
  );
  return m.choose(x, 0.02, series, m.log(m.add(x, 1)));
};

/** The angle whose tangent is x, for x of at least 0: three halvings of the angle, then its series. */
export const arctangent = <T>(m: Arithmetic<T>, x: T): T => {
  const halved = (y: T): T => m.div(y, m.add(m.sqrt(m.add(m.mul(y, y), 1)), 1));
  const z = halved(halved(halved(x)));
  const square = m.mul(z, z);
  const series = [19, 17, 15, 13, 11, 9, 7, 5, 3, 1].reduce<T>(
    (sum, k) => m.sub(1 / k, m.mul(square, sum)),
    m.div(1, m.add(m.mul(square, 0), 21)),
  );
  return m.mul(m.mul(z, series), 8);
};

/** a·x + b·y, without the terms that a literal 0 removes. */
export const combine = <T>(m: Arithmetic<T>, a: T | number, x: T, b: T | number, y: T): T => {
  if (a === 0) return m.mul(y, b);
  if (b === 0) return m.mul(x, a);
  return m.add(m.mul(x, a), m.mul(y, b));
};
