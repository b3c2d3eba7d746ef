import { isInline } from "../functions/instructions.js";
import { Scalar } from "../opcodes.js";
import { isPlace, type Place, samePlace, type TileInstruction } from "./place.js";

/** One or two instructions are as fast where the machine walks them. */
const FEWEST = 3;

/** Whether what is in a tile is read before it is written again. */
const isRead = (tile: Place, later: readonly TileInstruction[], result: Place | undefined): boolean => {
  for (const { op, target, args } of later) {
    if (args.some((one) => isPlace(one) && samePlace(one, tile))) return true;
    if (samePlace(target, tile)) return op === Scalar.Scatter;
  }
  return result !== undefined && samePlace(result, tile);
};

/**
 * Runs of arithmetic become calls of one function each.
 * @param functionOf makes it, and says where in the table it is; undefined where it cannot
 * @param result what is read after the last instruction
 */
export const fused = (
  code: readonly TileInstruction[],
  functionOf: (steps: readonly TileInstruction[], keeps: (tile: Place) => boolean) => number | undefined,
  result: Place | undefined,
): TileInstruction[] => {
  const out: TileInstruction[] = [];
  for (let from = 0; from < code.length; ) {
    let to = from;
    while (to < code.length && isInline(code[to]!.op)) to++;
    const steps = code.slice(from, Math.max(to, from + 1));
    const later = code.slice(from + steps.length);
    const index = to - from >= FEWEST ? functionOf(steps, (tile) => isRead(tile, later, result)) : undefined;
    if (index === undefined) out.push(...steps);
    else out.push({ op: Scalar.Call, target: steps[0]!.target, args: [index] });
    from += steps.length;
  }
  return out;
};
