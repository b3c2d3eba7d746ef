/** A run, as far as it says what its loss is. */
export interface Described {
  readonly id: string;
  /** Its spec, or the part that is known. */
  readonly spec: unknown;
}

type Loose = Readonly<Record<string, unknown>>;

const part = (value: unknown): Loose => (typeof value === "object" && value !== null ? (value as Loose) : {});

/** What the loss of a run measures, and on what. */
const measureOf = (spec: unknown): Loose => {
  const { data, objective, validation } = part(spec);
  const { source, size } = part(data);
  return { data: { source, size }, objective, validation };
};

/** That, and the family of its model. Its size and how it is trained are what a study varies. */
const familyOf = (spec: unknown): Loose => {
  const { width: _, depth: __, heads: ___, mlpRatio: ____, ...family } = part(part(spec).model);
  return { ...measureOf(spec), model: family };
};

/** All of it but its place on the axes, its seed, and a learning rate that follows the size. */
const recipeOf = (spec: unknown): Loose => {
  const { budget: _, steps: __, seed: ___, data, optimizer, model, ...recipe } = part(spec);
  const { learningRate: ____, ...rest } = part(optimizer);
  const { seed: _____, ...source } = part(data);
  const { width: ______, depth: _______, heads: ________, ...family } = part(model);
  return { ...recipe, data: source, optimizer: rest, model: family };
};

/** Values that are no objects, by their paths. */
const leaves = (value: unknown, path: string): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, entry]) => leaves(entry, `${path}.${key}`))
    : value === undefined
      ? []
      : [[path, value]];

const difference = (runs: readonly Described[], of: (spec: unknown) => Loose): string | undefined => {
  const first = new Map<string, { readonly value: unknown; readonly id: string }>();
  for (const { id, spec } of runs) {
    for (const [path, value] of leaves(of(spec), "spec")) {
      const before = first.get(path);
      if (before === undefined) first.set(path, { value, id });
      else if (before.value !== value)
        return `${path} is ${JSON.stringify(before.value)} in run ${before.id} and ${JSON.stringify(value)} in run ${id}`;
    }
  }
  return undefined;
};

/** In what runs differ that one law would have to join, in words; undefined where nothing is known against it. */
export const unlikeFamilies = (runs: readonly Described[]): string | undefined => difference(runs, familyOf);

/** In what the losses of runs differ that are to be compared, in words; undefined where nothing is known against it. */
export const unlikeMeasures = (runs: readonly Described[]): string | undefined => difference(runs, measureOf);

/** In what runs differ that are trained alike but for size, steps and seed, in words; undefined where nothing is known against it. */
export const unlikeRecipes = (runs: readonly Described[]): string | undefined => difference(runs, recipeOf);
