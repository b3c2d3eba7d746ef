import { criteria } from "../inference/criteria.js";
import type { FlooredSurface } from "../surface/floors/floored.js";
import type { SurfaceForm } from "../surface/form.js";
import { formOfSurface } from "../surface/surface.js";
import type { SurfaceFit } from "../surface/surface-fit.js";
import type { HeldOutErrors, RolledOutForm } from "./record.js";

/** Occam's window: of two explanations one that is this many times less likely is dropped (Madigan & Raftery 1994, JASA 89:1535). */
const WINDOW = 20;
/**
 * By this share evidence counts: no form is the truth, and how well each of them fits says less of what it foresees than it would if one were. With 1
 * the form that fits best has nearly all of the weight, also where it is not the one that foresees; weighed alike, forms that do not fit at all take part.
 */
const TEMPERATURE = 4;
/** A form's errors are widened where its roll-outs would be this improbable if it were right. */
const SURPRISE = 1e-4;

interface Judged {
  readonly fit: SurfaceFit;
  /** Its floor integrated out, where it has one. */
  readonly floored?: FlooredSurface | undefined;
  /** Across each cut; undefined where the runs that were kept do not determine the form. */
  readonly errors: readonly (HeldOutErrors | undefined)[];
}

/**
 * Weights of forms: exp(−AICc/2), the evidence of all runs (Burnham & Anderson 2002), times exp of the mean logarithmic score of the
 * roll-outs, the evidence of what was not fitted, and of that the fourth root. Cuts hold out the same runs over and over, hence their mean and not
 * their sum.
 *
 * Forms that are neither sums of power terms nor every isoFLOP curve at once have parameters enough to follow noise far beyond the runs: one of
 * them takes part only where it is more likely than every sum by the factor of the window, in sample and out of it.
 */
export const weighed = (judged: readonly Judged[]): RolledOutForm[] => {
  const members = judged.map(member);
  const sums = members.filter(({ additive }) => additive);
  const earned = ({ inSample, logScore }: Member) =>
    sums.every((sum) => inSample - sum.inSample > Math.log(WINDOW) && !(logScore - sum.logScore <= Math.log(WINDOW)));
  const outOf = (one: Member): string | undefined => {
    if (!one.determined && !one.held) return "the runs that are kept do not determine it";
    return one.simple || sums.length === 0 || earned(one)
      ? undefined
      : "it does not do better than sums of power terms";
  };
  const reasons = members.map(outOf);
  const left = members.filter((_, i) => reasons[i] === undefined);
  // Where roll-outs speak for none, the forms that can be fitted at all are weighed by their fits.
  const judgedOnes = left.length > 0 ? left : members;
  // Scores are of the same cuts, or of none.
  const common = (members[0]?.scores ?? []).flatMap((_, k) =>
    judgedOnes.every(({ scores }) => scores[k] !== undefined) ? [k] : [],
  );
  const scoreOf = ({ scores }: Member) => common.reduce((s, k) => s + scores[k]!, 0) / Math.max(1, common.length);
  const evidence = (one: Member) => one.inSample + scoreOf(one);
  const best = judgedOnes.reduce((most, one) => Math.max(most, evidence(one)), Number.NEGATIVE_INFINITY);
  const share = (one: Member) => Math.exp((evidence(one) - best) / TEMPERATURE);
  const within = (one: Member) => judgedOnes.includes(one) && share(one) * WINDOW > 1;
  const total = members.filter(within).reduce((sum, one) => sum + share(one), 0);
  return members.map((one, i) => {
    const { fit, nodes, logScore, misfit, degreesOfFreedom } = one;
    const weight = within(one) ? share(one) / total : 0;
    const out = weight > 0 ? undefined : (reasons[i] ?? `others are more than ${WINDOW} times as likely`);
    return {
      fit,
      ...(nodes && { nodes }),
      weight,
      logScore,
      misfit,
      degreesOfFreedom,
      ...(out !== undefined && { out }),
    };
  });
};

type Member = ReturnType<typeof member>;

/** Sums of power terms, and every isoFLOP curve at once: forms that take part without having to earn it. */
export const isSimple = ({ terms, optimum }: SurfaceForm): boolean => terms !== undefined || optimum !== undefined;

/** Of what speaks: the fit, or where the floor is integrated out or known its surfaces. A known floor is no parameter. */
const aiccOf = (fit: SurfaceFit, floored: FlooredSurface | undefined): number => {
  if (!floored) return fit.criteria.aicc;
  const { theta, floorKnown } = formOfSurface(fit);
  return criteria(floored.sumOfSquares, fit.points, theta.length - (floorKnown ? 1 : 0)).aicc;
};

const member = ({ fit, floored, errors }: Judged) => {
  const known = errors.filter((one) => one !== undefined);
  const n = known.length;
  const pValue = known.reduce((least, one) => Math.min(least, one.pValue), 1) * Math.max(1, n);
  const surprised = pValue < SURPRISE;
  const factor = surprised ? Math.max(1, Math.sqrt(known.reduce((s, { t }) => s + t * t, 0) / n)) : 1;
  const nodes = floored && [...floored.nodes];
  return {
    fit,
    nodes,
    additive: formOfSurface(fit).terms !== undefined,
    simple: isSimple(formOfSurface(fit)),
    determined: n === errors.length,
    /** By a prior, where the rows that are kept are few. */
    held: formOfSurface(fit).prior !== undefined,
    scores: errors.map((one) => one?.logScore),
    inSample: -aiccOf(fit, floored) / 2,
    logScore: n > 0 ? known.reduce((s, one) => s + one.logScore, 0) / n : Number.NaN,
    misfit: { factor, pValue: Math.min(1, pValue) },
    // Neighbouring cuts share most of what they hold out, so two of them count as one.
    degreesOfFreedom: surprised ? Math.max(1, Math.min(fit.degreesOfFreedom, n / 2)) : fit.degreesOfFreedom,
  };
};
