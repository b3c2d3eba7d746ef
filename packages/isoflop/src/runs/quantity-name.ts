/** A metric as laws are fitted to it: itself, with something added, or what it leaves of something. */
export interface QuantityOf {
  readonly name: string;
  /** Added to it. */
  readonly offset: number;
  /** -1 where the metric is taken from `offset`, as more of it is better. */
  readonly sign: 1 | -1;
}

const number = String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const sum = new RegExp(String.raw`^(.*\S)\s*\+\s*(${number})$`, "i");
const rest = new RegExp(String.raw`^(${number})\s+-\s+(.*\S)$`, "i");

/** Reads "vlb", "nll + 7" and "1 - recall". */
export const quantityIn = (quantity: string): QuantityOf => {
  const [, added, offset] = sum.exec(quantity) ?? [];
  if (added !== undefined) return { name: added, offset: Number(offset), sign: 1 };
  const [, whole, taken] = rest.exec(quantity) ?? [];
  return taken === undefined
    ? { name: quantity, offset: 0, sign: 1 }
    : { name: taken, offset: Number(whole), sign: -1 };
};

/** The same in words. */
export const quantityWords = ({ name, offset, sign }: QuantityOf): string =>
  sign < 0 ? `${offset} - ${name}` : offset > 0 ? `${name} + ${offset}` : name;

export const valueOfQuantity = ({ offset, sign }: Omit<QuantityOf, "name">, value: number): number =>
  offset + sign * value;

/** Which of some names a metric's own, or that of its kind, could mean: "vlb" means "vlb(split=validation images=256)". */
export const namesAsked = (asked: string, names: readonly string[]): readonly string[] =>
  names.includes(asked) ? [asked] : names.filter((name) => name.startsWith(`${asked}(`) && name.endsWith(")"));
