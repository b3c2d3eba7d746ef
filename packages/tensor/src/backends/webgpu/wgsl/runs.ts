/** Terms added one after the other before their sum joins the total: rounding must not grow with their number. */
export const RUN = 512;

/** `for (var <counter> = <first>; <counter> < <last>; <counter> += <step>)`, about `steps` times. */
export interface Loop {
  readonly counter: string;
  readonly first: string;
  readonly last: string;
  readonly step: number;
  readonly steps: number;
}

export const loopText = ({ counter, first, last, step }: Loop, body: readonly string[]): string =>
  `for (var ${counter} = ${first}; ${counter} < ${last}; ${counter} += ${step}u) {\n${body.join("\n")}\n}`;

/** Declares a `var` of type `type` for each of `sums` and adds its term to it in every step of a loop, after `statements`. */
export const sumsInRuns = (
  loop: Loop,
  type: "F" | "f32",
  sums: Readonly<Record<string, string>>,
  statements: readonly string[] = [],
): string => {
  const names = Object.keys(sums);
  const declare = (suffix: string): string[] => names.map((name) => `var ${name}${suffix} = ${type}(0.0);`);
  const add = (suffix: string): string[] => [
    ...statements,
    ...names.map((name) => `${name}${suffix} += ${sums[name]};`),
  ];
  if (loop.steps <= RUN) return [...declare(""), loopText(loop, add(""))].join("\n");
  const stride = RUN * loop.step;
  const run = { ...loop, first: "base", last: `min(base + ${stride}u, ${loop.last})` };
  return [
    ...declare(""),
    loopText({ ...loop, counter: "base", step: stride }, [
      ...declare("Run"),
      loopText(run, add("Run")),
      ...names.map((name) => `${name} += ${name}Run;`),
    ]),
  ].join("\n");
};
