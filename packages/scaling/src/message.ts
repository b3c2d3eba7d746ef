/** A number as an error says it: counts and FLOPs without their row of zeros. */
export const shown = (value: number | undefined): string =>
  value !== undefined && Math.abs(value) >= 1e6 && Number.isFinite(value)
    ? value.toExponential().replace("e+", "e")
    : String(value);
