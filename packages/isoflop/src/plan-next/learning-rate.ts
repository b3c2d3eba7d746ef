import { inputError } from "../exit.js";

/** A run that was trained, as far as its learning rate may follow from it. */
export interface Rated {
  readonly id: string;
  readonly width: number;
  /** Image tokens of the whole run. */
  readonly tokens: number;
  readonly rate: number;
}

/** Rates of one law differ from it by rounding. */
const SAME = 1e-6;
const differ = (a: number, b: number): boolean => Math.abs(a / b - 1) > SAME;

/**
 * The law that peak learning rates obey, rate = constant · width^p · tokens^q, with p and q zero where nothing speaks against it.
 * @throws CliError naming a run that is off every such law
 */
export const learningRateLaw = (runs: readonly Rated[]): ((width: number, tokens: number) => number) => {
  const q = exponentOf(mostApart(runs));
  const base = ({ rate, tokens }: Rated): number => rate * tokens ** -q;
  const first = new Map<number, Rated>();
  for (const run of runs) {
    const before = first.get(run.width) ?? run;
    if (differ(base(before), base(run)))
      throw inputError(
        `runs of width ${run.width} have learning rates ${before.rate} and ${run.rate} (run ${run.id}), which no power of their tokens joins: a new run's is not known`,
      );
    first.set(run.width, before);
  }
  const [narrow, ...others] = [...first.values()].sort((a, b) => a.width - b.width) as [Rated, ...Rated[]];
  const wide = others.at(-1) ?? narrow;
  const p = wide === narrow ? 0 : Math.log(base(wide) / base(narrow)) / Math.log(wide.width / narrow.width);
  const law = (width: number): number => base(narrow) * (width / narrow.width) ** p;
  const off = others.find((run) => differ(law(run.width), base(run)));
  if (off !== undefined)
    throw inputError(
      `the learning rate is no power of the width: ${off.rate} at width ${off.width}, beside ${narrow.rate} at ${narrow.width} and ${wide.rate} at ${wide.width}; a new run's is not known`,
    );
  return (width, tokens) => law(width) * tokens ** q;
};

type Pair = readonly [Rated, Rated];

/** The two runs of one width that are furthest apart in tokens. */
const mostApart = (runs: readonly Rated[]): Pair | undefined => {
  const widths = [...new Set(runs.map(({ width }) => width))];
  const pairs = widths.map((width): Pair => {
    const own = runs.filter((run) => run.width === width).sort((a, b) => a.tokens - b.tokens);
    return [own[0]!, own.at(-1)!];
  });
  const [widest] = pairs.sort(([a, b], [c, d]) => d.tokens / c.tokens - b.tokens / a.tokens);
  return widest && widest[1].tokens > widest[0].tokens ? widest : undefined;
};

const exponentOf = (pair: Pair | undefined): number =>
  pair && differ(pair[0].rate, pair[1].rate)
    ? Math.log(pair[1].rate / pair[0].rate) / Math.log(pair[1].tokens / pair[0].tokens)
    : 0;
