import type { Flops } from "@isoflop/flops";
import {
  type Estimate,
  expectOk,
  type FitStatus,
  type Interval,
  type IsoFlop,
  isInterior,
  powerLaw,
  predictPowerLaw,
  saturatingLaw,
} from "@isoflop/scaling";

/** The law of the loss if `floor` of it is irreducible. */
export interface FloorRow {
  readonly floor: number;
  /** Of L − E. */
  readonly exponent: number;
  /** Loss at the target, and where one more optimum would fall there, given this floor. */
  readonly value: number;
  readonly interval95: Interval;
  /** Root mean square of the optima about the law, in units of the loss. */
  readonly misfit: number;
  /** Whether the data allow this floor at 95 %. */
  readonly allowed: boolean;
}

export interface Irreducible {
  /** The floor that fits best, with the profile interval: `unidentified` when it reaches 0. */
  readonly fitted: { readonly status: FitStatus; readonly floor: Estimate };
  readonly rows: readonly FloorRow[];
}

const floors = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];

/**
 * L = E + A·C^−α at given floors. The printed law has none; six budgets over less than two decades cannot exclude one, and a
 * floor that they allow moves the loss far beyond them.
 */
export const irreducible = (fit: IsoFlop, target: Flops): Irreducible => {
  const optima = fit.budgets.filter(isInterior).map(({ C, optimum }) => ({ C, loss: optimum.loss.value }));
  const computes = optima.map(({ C }) => C);
  const { status, floor: best } = expectOk(
    saturatingLaw(
      computes,
      optima.map(({ loss }) => loss),
    ),
  );
  const [least, most] = best.ci95;
  const rows = floors.map((floor): FloorRow => {
    const law = expectOk(
      powerLaw(
        computes,
        optima.map(({ loss }) => loss - floor),
      ),
    );
    const { value, interval95 } = predictPowerLaw(law, target);
    const squares = optima.reduce((sum, { C, loss }) => sum + (loss - floor - predictPowerLaw(law, C).value) ** 2, 0);
    return {
      floor,
      exponent: law.exponent.value,
      value: floor + value,
      interval95: [floor + interval95[0], floor + interval95[1]],
      misfit: Math.sqrt(squares / optima.length),
      allowed: least <= floor && floor <= most,
    };
  });
  return { fitted: { status, floor: best }, rows };
};
