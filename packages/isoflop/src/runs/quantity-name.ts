/** A metric, and what is added to it: "nll + 1.5". */
export const offsetOf = (quantity: string): { readonly name: string; readonly offset: number } => {
  const [, name, added] = /^(.*\S)\s*\+\s*(\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i.exec(quantity) ?? [];
  return name === undefined ? { name: quantity, offset: 0 } : { name, offset: Number(added) };
};

/** Which of some names a metric's own, or that of its kind, could mean: "vlb" means "vlb(split=validation images=256)". */
export const namesAsked = (asked: string, names: readonly string[]): readonly string[] =>
  names.includes(asked) ? [asked] : names.filter((name) => name.startsWith(`${asked}(`) && name.endsWith(")"));
