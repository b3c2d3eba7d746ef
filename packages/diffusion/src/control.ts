import type { Control } from "./solver.js";

/** How much of the last accepted error the next length goes by (Hairer, Nørsett and Wanner, Solving ODEs II, section IV.2: their β for DOPRI5). */
const MEMORY = 0.04;
const SAFETY = 0.9;
const [LEAST, MOST] = [0.2, 10];

/** The lengths of steps by the errors of those that were tried. */
export interface Controller {
  /** What the error of a step says: whether to take it, and by what factor the next length is longer than its own. */
  judge(error: number): { readonly accept: boolean; readonly factor: number };
}

/**
 * A proportional-integral controller (Hairer, Nørsett and Wanner, Solving ODEs I, section II.4, and II, section IV.2). Lengths change by a factor in 0.2..10, and
 * do not grow right after a step was refused. An error that is no number refuses it too: a step that is too long may overflow.
 */
export const controller = ({ order }: Pick<Control, "order">): Controller => {
  const exponent = 1 / order - 0.75 * MEMORY;
  let [before, refused] = [1e-4, false];
  return {
    judge(error) {
      if (!Number.isFinite(error)) {
        refused = true;
        return { accept: false, factor: LEAST };
      }
      if (error > 1) {
        refused = true;
        return { accept: false, factor: Math.max(LEAST, SAFETY * error ** -exponent) };
      }
      const wanted = error === 0 ? MOST : SAFETY * error ** -exponent * before ** MEMORY;
      const factor = Math.min(refused ? 1 : MOST, Math.max(LEAST, wanted));
      before = Math.max(error, 1e-4);
      refused = false;
      return { accept: true, factor };
    },
  };
};
