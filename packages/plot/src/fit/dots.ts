/** Radius and opacity of `n` dots, so that hundreds of them still show where they crowd. */
export const dotStyle = (
  n: number,
): {
  readonly r: number;
  readonly fillOpacity: number;
  readonly strokeWidth: number;
} => {
  if (n <= 60) return { r: 4, fillOpacity: 1, strokeWidth: 1.25 };
  if (n <= 200) return { r: 3.25, fillOpacity: 0.9, strokeWidth: 0.75 };
  return { r: 2.5, fillOpacity: 0.75, strokeWidth: 0.5 };
};
