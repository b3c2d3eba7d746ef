import { roundHalfEven } from "../reference-math.js";
import { defineUnary, type Pointwise, recording } from "./elementwise.js";

export const floorOp = defineUnary({ name: "floor", scalar: "floor", value: Math.floor });
export const ceilOp = defineUnary({ name: "ceil", scalar: "ceil", value: Math.ceil });
export const roundOp = defineUnary({ name: "round", scalar: "round", value: roundHalfEven });

/** Largest whole number not above `x`. No gradient flows through it. */
export const floor: Pointwise = recording(floorOp);

/** Smallest whole number not below `x`. No gradient flows through it. */
export const ceil: Pointwise = recording(ceilOp);

/** Nearest whole number, halves to even. No gradient flows through it. */
export const round: Pointwise = recording(roundOp);
