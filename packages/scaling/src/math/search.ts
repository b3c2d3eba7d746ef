/** Root of a continuous function with a sign change on [low, high], by bisection to machine precision. */
export const bisect = (f: (x: number) => number, low: number, high: number): number => {
  const rising = f(high) > 0;
  let a = low;
  let b = high;
  for (let i = 0; i < 200; i++) {
    const middle = (a + b) / 2;
    if (middle === a || middle === b) break;
    if (f(middle) > 0 === rising) b = middle;
    else a = middle;
  }
  return (a + b) / 2;
};

/** Minimum of a unimodal function on [low, high] by golden sections; resolves x to about √ε of the range. */
export const goldenMinimum = (f: (x: number) => number, low: number, high: number): { x: number; value: number } => {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let a = low;
  let b = high;
  let x1 = b - ratio * (b - a);
  let x2 = a + ratio * (b - a);
  let f1 = f(x1);
  let f2 = f(x2);
  for (let i = 0; i < 90 && b - a > 1e-13 * (Math.abs(a) + Math.abs(b) + 1e-30); i++) {
    if (f1 < f2) {
      b = x2;
      x2 = x1;
      f2 = f1;
      x1 = b - ratio * (b - a);
      f1 = f(x1);
    } else {
      a = x1;
      x1 = x2;
      f1 = f2;
      x2 = a + ratio * (b - a);
      f2 = f(x2);
    }
  }
  return f1 < f2 ? { x: x1, value: f1 } : { x: x2, value: f2 };
};
