import type { Attrs } from "./define.js";

/** Numbers that JSON writes like another one. */
const spelled = (_: string, value: unknown): unknown =>
  typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))
    ? `#${Object.is(value, -0) ? "-0" : value}`
    : value;

/** Equal for equal attributes only: NaN, the infinities and -0 included. */
export const attrsKey = (attrs: Attrs): string => JSON.stringify(attrs, spelled);
