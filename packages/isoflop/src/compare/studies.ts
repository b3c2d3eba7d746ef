import type { ComparedArm, ComparisonSummary, PairedBudget, StudyFile, StudyModule, StudySummary } from "@isoflop/plot";
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
  /** Draws from the uncertainty of each. Default 2000. */
  readonly draws?: number | undefined;
  readonly seed?: number | undefined;
  readonly file?: StudyFile | undefined;
  readonly modules?: readonly StudyModule[] | undefined;
  readonly reproduce?: string | undefined;
}

/**
 * The arms of a study, all held against the first: by surfaces through their runs, or, where one of these is refused, all by the optima of
 * their budgets. Where losses do not measure the same only what has no loss in it is compared.
 * @throws ScalingError `bad-option` for a number of draws that cannot be
 */
export const compareStudies = (arms: readonly Arm[], options: CompareStudiesOptions): ComparisonSummary => {
  const { name, compared, file, modules, reproduce } = options;
  const differ = options.lossesDiffer ?? lossDifference(arms);
  const sides = sidesOf(arms);
  const [first] = sides;
  return {
    record: "studies",
    name,
    compared,
    arms: arms.map((arm, i) => armOf(arm, sides[i]!, i > 0 ? first : undefined, differ === false, options)),
    ...(differ !== false && { lossesDiffer: differ }),
    ...(file && { file }),
    ...(modules && { modules }),
    ...(reproduce !== undefined && { reproduce }),
  };
};

const armOf = (
  { name, folder, summary, paired }: Arm,
  side: Outcome<Side>,
  first: Outcome<Side> | undefined,
  sameLoss: boolean,
  { draws, seed }: CompareStudiesOptions,
): ComparedArm => {
  const head = {
    ...{ name, ...(folder !== undefined && { folder }), summary },
    ...(paired && paired.length > 0 && { paired }),
  };
  if (!side.ok) return { ...head, refused: side.message };
  const { floor: _, ...exponents } = constantsOfSide(side, { ...(draws && { draws }), ...(seed && { seed }) });
  const comparison = first?.ok ? compareSides(first, side, { draws, seed }) : undefined;
  return {
    ...head,
    law: side.caution === undefined ? side.law : `${side.law} (${side.caution})`,
    exponents,
    ...(comparison && { apart: exponentsApart(comparison) }),
    ...(comparison && sameLoss && { comparison }),
  };
};

const exponentsApart = ({ constants: { floor: _, ...exponents } }: Comparison): NonNullable<ComparedArm["apart"]> =>
  exponents;

/** Every arm by the same method: a curve of another kind would differ by that alone. */
const sidesOf = (arms: readonly Arm[]): readonly Outcome<Side>[] => {
  const runs = arms.map(({ name, summary }) => ({ name, runs: fittedRuns(summary) }));
  const surfaces = runs.flatMap(({ name, runs }) => (runs.length > 0 ? [sideOfRuns(name, runs)] : []));
  if (surfaces.length === arms.length && surfaces.every(({ ok }) => ok)) return surfaces;
  return arms.map(({ name, summary: { fit } }): Outcome<Side> => {
    if (fit) return sideOfIsoFlop(name, fit);
    return { ok: false, reason: "too-few-budgets", message: "nothing has been fitted to its runs yet" };
  });
};

/** The runs that the laws were fitted to. What is held out tests them, and stays out here. */
const fittedRuns = ({ fit }: StudySummary) => fit?.budgets.flatMap(({ runs }) => runs) ?? [];

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
