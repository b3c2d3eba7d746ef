/** Images [channels][height][width], computed on one value at a time. */
export type Planes = readonly (readonly (readonly number[])[])[];

export const planesOf = (values: ArrayLike<number>, [c, h, w]: readonly [number, number, number]): Planes =>
  Array.from({ length: c }, (_, i) =>
    Array.from({ length: h }, (_, y) => Array.from({ length: w }, (_, x) => values[(i * h + y) * w + x]!)),
  );

export const mapped = (planes: Planes, f: (x: number) => number): Planes =>
  planes.map((plane) => plane.map((row) => row.map(f)));

export const summed = (a: Planes, b: Planes): Planes =>
  a.map((plane, c) => plane.map((row, y) => row.map((value, x) => value + b[c]![y]![x]!)));

/** As PyTorch's conv2d with padding (k − 1) / 2. */
export const convolved = (
  planes: Planes,
  kernel: ArrayLike<number>,
  out: number,
  k: number,
  bias?: ArrayLike<number>,
): Planes => {
  const [h, w] = [planes[0]!.length, planes[0]![0]!.length];
  const half = (k - 1) / 2;
  return Array.from({ length: out }, (_, o) =>
    Array.from({ length: h }, (_, y) =>
      Array.from({ length: w }, (_, x) => {
        let sum = bias?.[o] ?? 0;
        for (let c = 0; c < planes.length; c++)
          for (let i = 0; i < k; i++)
            for (let j = 0; j < k; j++)
              sum +=
                kernel[((o * planes.length + c) * k + i) * k + j]! * (planes[c]![y + i - half]?.[x + j - half] ?? 0);
        return sum;
      }),
    ),
  );
};

export const doubled = (planes: Planes): Planes =>
  planes.map((plane) =>
    plane.flatMap((row) => {
      const wide = row.flatMap((value) => [value, value]);
      return [wide, wide];
    }),
  );
