import type { Arithmetic } from "./arithmetic.js";

/** Wichura, algorithm AS 241 (PPND16), Applied Statistics 37, 1988: numerators and denominators, highest power first. */
const centre = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513,
    133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579,
    42.31333070160091, 1,
  ],
] as const;
const tail = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
] as const;
const farTail = [
  [
    2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124, 0.29656057182850487,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
] as const;

const horner = <T>(m: Arithmetic<T>, [first, second, ...rest]: readonly number[], x: T): T =>
  rest.reduce<T>((sum, c) => m.add(m.mul(sum, x), c), m.add(m.mul(x, first!), second!));

const rational = <T>(m: Arithmetic<T>, [top, bottom]: readonly [readonly number[], readonly number[]], x: T): T =>
  m.div(horner(m, top, x), horner(m, bottom, x));

/** Keeps log u finite; float32 has nothing smaller. */
const tiny = 1e-38;

/** The standard normal's quantile at u in (0, 1): 16 digits for numbers, f32's for tensors. At 0 and 1 it gives about ∓13, not infinity. */
export const normalQuantile = <T>(m: Arithmetic<T>, u: T): T => {
  const q = m.sub(u, 0.5);
  const middle = m.mul(q, rational(m, centre, m.sub(0.180625, m.mul(q, q))));
  const smaller = m.max(m.min(u, m.sub(1, u)), tiny);
  const r = m.sqrt(m.mul(m.log(smaller), -1));
  const size = m.choose(r, 5, rational(m, tail, m.sub(r, 1.6)), rational(m, farTail, m.sub(r, 5)));
  const outer = m.choose(q, 0, m.mul(size, -1), size);
  return m.choose(m.mul(q, q), 0.425 ** 2, middle, outer);
};
