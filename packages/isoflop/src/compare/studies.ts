import type {
  ComparedArm,
  ComparedLaw,
  ComparedMetric,
  ComparisonSummary,
  MetricResults,
  PairedBudget,
  StudyFile,
  StudyModule,
  StudySummary,
} from "@isoflop/plot";
import {
  type Comparison,
  compareSides,
  constantsOfSide,
  type Outcome,
  type Side,
  sideOfIsoFlop,
  sideOfRuns,
} from "@isoflop/scaling";

/** One grid of a study of several. */
export interface Arm {
  readonly name: string;
  /** Of its own report, from that of the comparison. */
  readonly folder?: string | undefined;
  readonly summary: StudySummary;
  /** Its runs against those of the first arm, where both kept the losses of their samples. */
  readonly paired?: readonly PairedBudget[] | undefined;
}

export interface CompareStudiesOptions {
  /** Of the study. */
  readonly name: string;
  /** In what the arms differ, such as `model.conditioning`. */
  readonly compared: string;
  /**
   * Why losses of the arms are not compared, or false where they measure the same whatever their words say. Default: told by what the
   * summaries say of their data and of how the loss was measured.
   */
  readonly lossesDiffer?: string | false | undefined;
  /** Why numbers of a metric, by its name, are not compared: as their cards are unlike; undefined where they are alike. */
  readonly numbersDiffer?: ((name: string) => string | undefined) | undefined;
  /** Draws from the uncertainty of each. Default 2000. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  readonly file?: StudyFile | undefined;
  readonly modules?: readonly StudyModule[] | undefined;
  readonly reproduce?: string | undefined;
}

/**
 * The arms of a study, all held against the first: by surfaces through their runs, or, where one of these is refused, all by the optima of
 * their budgets. Where losses do not measure the same only what has no loss in it is compared; and by every metric of theirs that does.
 * @throws ScalingError `bad-option` for a number of draws that cannot be
 */
export const compareStudies = (arms: readonly Arm[], options: CompareStudiesOptions): ComparisonSummary => {
  const { name, compared, file, modules, reproduce } = options;
  const differ = options.lossesDiffer ?? lossDifference(arms);
  const same = differ === false;
  const laws = lawsOf(
    arms.map(({ name, summary }) => ({ name, results: summary })),
    { ...options, same },
  );
  const metrics = comparedMetrics(arms, options);
  return {
    record: "studies",
    name,
    compared,
    arms: arms.map(
      ({ folder, summary, paired }, i): ComparedArm => ({
        ...laws[i]!,
        ...{ ...(folder !== undefined && { folder }), summary },
        ...(paired && paired.length > 0 && { paired }),
      }),
    ),
    ...(differ !== false && { lossesDiffer: differ }),
    ...(metrics.length > 0 && { metrics }),
    ...(file && { file }),
    ...(modules && { modules }),
    ...(reproduce !== undefined && { reproduce }),
  };
};

/** What is known of one quantity of an arm. */
interface ArmResults {
  readonly name: string;
  readonly results: Partial<Pick<MetricResults, "title" | "fit">>;
}

interface LawOptions extends Pick<CompareStudiesOptions, "draws" | "seed"> {
  /** Whether it measures the same in all. */
  readonly same: boolean;
  /** Default: the loss. */
  readonly quantity?: string;
}

const lawsOf = (arms: readonly ArmResults[], options: LawOptions): readonly ComparedLaw[] => {
  const sides = sidesOf(arms, options.quantity);
  const [first] = sides;
  return arms.map(({ name }, i) => lawOf(name, sides[i]!, i > 0 ? first : undefined, options));
};

const lawOf = (
  name: string,
  side: Outcome<Side>,
  first: Outcome<Side> | undefined,
  { same, quantity, draws, seed }: LawOptions,
): ComparedLaw => {
  if (!side.ok) return { name, refused: side.message };
  const { floor: _, ...exponents } = constantsOfSide(side, { ...(draws && { draws }), ...(seed && { seed }) });
  const comparison = first?.ok ? compareSides(first, side, { draws, seed, quantity }) : undefined;
  return {
    name,
    law: side.caution === undefined ? side.law : `${side.law} (${side.caution})`,
    exponents,
    ...(comparison && { apart: exponentsApart(comparison) }),
    ...(comparison && same && { comparison }),
  };
};

/** Every metric that an arm has been fitted to, by its name in the order of the first that has it. */
const comparedMetrics = (
  arms: readonly Arm[],
  { numbersDiffer, draws, seed }: CompareStudiesOptions,
): readonly ComparedMetric[] => {
  const names = new Set(arms.flatMap(({ summary: { quantities = [] } }) => quantities.map(({ name }) => name)));
  return [...names].map((name): ComparedMetric => {
    const found = arms.map(
      ({ name: arm, summary: { quantities = [] } }): ArmResults => ({
        name: arm,
        results: quantities.find((one) => one.name === name) ?? {},
      }),
    );
    const [title = name] = found.flatMap(({ results }) => results.title ?? []);
    const differs = numbersDiffer?.(name) ?? titlesDiffer(found);
    const laws = lawsOf(found, { draws, seed, quantity: title, same: differs === undefined });
    return { title, ...(differs !== undefined && { differs }), laws };
  });
};

/** Why one metric is not fitted as one quantity by all arms. */
const titlesDiffer = (found: readonly ArmResults[]): string | undefined => {
  const without = found.filter(({ results }) => results.title === undefined).map(({ name }) => name);
  if (without.length > 0) return `it was not measured of ${without.join(", ")}`;
  if (new Set(found.map(({ results }) => results.title)).size === 1) return undefined;
  return `laws are of unlike quantities: ${found.map(({ name, results }) => `${results.title} (${name})`).join(", ")}`;
};

const exponentsApart = ({ constants: { floor: _, ...exponents } }: Comparison): NonNullable<ComparedArm["apart"]> =>
  exponents;

/** Every arm by the same method: a curve of another kind would differ by that alone. */
const sidesOf = (arms: readonly ArmResults[], quantity?: string): readonly Outcome<Side>[] => {
  const runs = arms.map(({ name, results }) => ({ name, runs: fittedRuns(results) }));
  const surfaces = runs.flatMap(({ name, runs }) => (runs.length > 0 ? [sideOfRuns(name, runs, { quantity })] : []));
  if (surfaces.length === arms.length && surfaces.every(({ ok }) => ok)) return surfaces;
  return arms.map(({ name, results: { fit } }): Outcome<Side> => {
    if (fit) return sideOfIsoFlop(name, fit);
    return { ok: false, reason: "too-few-budgets", message: "nothing has been fitted to its runs yet" };
  });
};

/** The runs that the laws were fitted to. What is held out tests them, and stays out here. */
const fittedRuns = ({ fit }: ArmResults["results"]) => fit?.budgets.flatMap(({ runs }) => runs) ?? [];

/** Why losses of these do not compare, as far as their summaries say; false where they measure the same. */
export const lossDifference = (arms: readonly Arm[]): string | false => {
  const datas = new Set(arms.map(({ summary: { data } }) => JSON.stringify([data.name, data.details])));
  if (datas.size > 1) {
    const names = new Set(arms.map(({ summary }) => summary.data.name));
    const each = arms.map(({ name, summary }) => `${summary.data.name} (${name})`).join(", ");
    return names.size > 1
      ? `they are of other data: ${each}`
      : `they are of other images of ${arms[0]!.summary.data.name}`;
  }
  const losses = new Set(arms.map(({ summary }) => summary.choices?.loss));
  if (losses.has(undefined)) return "what they measure is not stated";
  if (losses.size === 1) return false;
  const each = arms.map(({ name, summary }) => `${summary.choices?.loss} (${name})`).join("; ");
  return `they are measured in unlike ways: ${each}`;
};
