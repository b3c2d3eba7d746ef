/** The share of each input pixel in an output pixel along one side: output pixel i covers [i, i + 1) × from / to of the input. */
interface Cover {
  readonly first: number;
  readonly weights: Float64Array;
}

const covers = (from: number, to: number): readonly Cover[] =>
  Array.from({ length: to }, (_, i) => {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(start);
    const last = Math.max(first + 1, Math.ceil(end));
    const weights = Float64Array.from({ length: last - first }, (_, k) => {
      const overlap = Math.min(end, first + k + 1) - Math.max(start, first + k);
      return overlap / (end - start);
    });
    return { first, weights };
  });

/** Makes one plane of pixels another size: each pixel is the mean of the area that it covers. A plane of the size asked for stays as it is. */
export const boxResize = (height: number, width: number, rows: number, columns: number) => {
  const [down, across] = [covers(height, rows), covers(width, columns)];
  return (plane: Float32Array, out: Float64Array): void => {
    for (const [y, { first: top, weights: high }] of down.entries())
      for (const [x, { first: left, weights: wide }] of across.entries()) {
        let sum = 0;
        for (let i = 0; i < high.length; i++)
          for (let j = 0; j < wide.length; j++)
            sum += high[i]! * wide[j]! * plane[Math.min(height - 1, top + i) * width + Math.min(width - 1, left + j)]!;
        out[y * columns + x] = sum;
      }
  };
};
