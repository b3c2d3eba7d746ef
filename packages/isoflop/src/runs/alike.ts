/** A run, as far as it says what its loss is. */
export interface Described {
  readonly id: string;
  /** Its spec, or the part that is known. */
  readonly spec: unknown;
  /** What it found, where that is known. */
  readonly result?: unknown;
}

type Loose = Readonly<Record<string, unknown>>;

const part = (value: unknown): Loose => (typeof value === "object" && value !== null ? (value as Loose) : {});

/** The modules that decide a run, by what they hold and not by where they lie. */
const modulesOf = ({ spec }: Described): readonly unknown[] => {
  const { modules } = part(part(spec).content);
  return Array.isArray(modules) ? modules.map((module) => part(module).digest).sort() : [];
};

/** What the loss of a run measures, and on what: data by their content, where it is known. */
const measureOf = ({ spec, result }: Described): Loose => {
  const { data, objective, validation } = part(spec);
  const { source, size } = part(data);
  const { content } = part(part(result).data);
  return { data: { source, size, content }, objective, validation };
};

/** That, and the family of its model. Its size and how it is trained are what a study varies. */
const familyOf = (run: Described): Loose => {
  const { width: _, depth: __, heads: ___, mlpRatio: ____, ...family } = part(part(run.spec).model);
  return { ...measureOf(run), model: family, modules: modulesOf(run) };
};

/** All of it but its place on the axes, its seed, and a learning rate that follows the size. */
const recipeOf = (run: Described): Loose => {
  const { spec, result } = run;
  const { budget: _, steps: __, seed: ___, data, content: ____, optimizer, model, ...recipe } = part(spec);
  const { learningRate: _____, ...rest } = part(optimizer);
  const { seed: ______, ...source } = part(data);
  const { width: _______, depth: ________, heads: _________, ...family } = part(model);
  const { content } = part(part(result).data);
  const of = content === undefined ? source : { content };
  return { ...recipe, data: of, modules: modulesOf(run), optimizer: rest, model: family };
};

/** Values that are no objects, by their paths. */
const leaves = (value: unknown, path: string): readonly (readonly [string, unknown])[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, entry]) => leaves(entry, `${path}.${key}`))
    : value === undefined
      ? []
      : [[path, value]];

/**
 * The first value that runs do not share, with its path, both values and both runs; undefined where there is none. What one of them does not say is
 * nothing against it.
 * @param root begins the path
 */
export const firstDifference = (
  runs: readonly { readonly id: string; readonly value: unknown }[],
  root: string,
): string | undefined => {
  const first = new Map<string, { readonly value: unknown; readonly id: string }>();
  for (const { id, value: whole } of runs) {
    for (const [path, value] of leaves(whole, root)) {
      const before = first.get(path);
      if (before === undefined) first.set(path, { value, id });
      else if (before.value !== value)
        return `${path} is ${JSON.stringify(before.value)} in run ${before.id} and ${JSON.stringify(value)} in run ${id}`;
    }
  }
  return undefined;
};

const difference = (runs: readonly Described[], of: (run: Described) => Loose): string | undefined =>
  firstDifference(
    runs.map((run) => ({ id: run.id, value: of(run) })),
    "spec",
  );

/** In what runs differ that one law would have to join, in words; undefined where nothing is known against it. */
export const unlikeFamilies = (runs: readonly Described[]): string | undefined => difference(runs, familyOf);

/** Content of a run's data, where it is known. */
export const contentOf = ({ result }: Described): string | undefined => {
  const { content } = part(part(result).data);
  return typeof content === "string" ? content : undefined;
};

/** In what the losses of runs differ that are to be compared, in words; undefined where nothing is known against it. */
export const unlikeMeasures = (runs: readonly Described[]): string | undefined => difference(runs, measureOf);

/** In what runs differ that are trained alike but for size, steps and seed, in words; undefined where nothing is known against it. */
export const unlikeRecipes = (runs: readonly Described[]): string | undefined => difference(runs, recipeOf);
