/**
 * What repetition leaves: u unique units used e^r times are worth u e^q, q = ln(1 + R* (1 − e^(−(e^r − 1)/R*))) (Muennighoff et al. 2023,
 * 2305.16264, eq. 5). At r = 0 they are worth themselves, and the first repetitions as much as new ones.
 */
export interface Worth {
  /** q */
  readonly log: number;
  /** ∂q/∂r */
  readonly slope: number;
  /** ∂q/∂ ln R* */
  readonly decaySlope: number;
}

/**
 * @param r ln of how often each unit is used; 0 and less is once
 * @param lnDecay ln R*
 */
export const worth = (r: number, lnDecay: number): Worth => {
  if (!(r > 0)) return ONCE;
  const decay = Math.exp(lnDecay);
  if (decay === 0) return WORTHLESS;
  const repeats = Math.expm1(r) / decay;
  const left = Math.exp(-repeats);
  const gained = -Math.expm1(-repeats);
  const total = 1 + decay * gained;
  return {
    log: Math.log1p(decay * gained),
    slope: (left * Math.exp(r)) / total,
    decaySlope: (decay * (gained - repeats * left)) / total,
  };
};

const ONCE: Worth = { log: 0, slope: 1, decaySlope: 0 };
/** Where nothing is left after the first use. */
const WORTHLESS: Worth = { log: 0, slope: 0, decaySlope: 0 };
