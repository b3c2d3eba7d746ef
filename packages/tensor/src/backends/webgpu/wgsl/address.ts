import type { Width } from "./function.js";
import type { Parameters } from "./parameters.js";
import type { IterationSpace } from "./space.js";

/**
 * Statements that split the linear index `linear` over `extents` (last axis fastest) into `c<first>`, `c<first + 1>`, ...
 * Unsigned 32-bit arithmetic throughout: an iteration space has below 2^32 points.
 */
export const splitIndex = (
  linear: string,
  extents: readonly number[],
  first: number,
  parameters: Parameters,
): string => {
  const rank = extents.length;
  if (rank === 0) return "";
  if (rank === 1) return `let c${first} = ${linear};`;
  const lines: string[] = [];
  let rest = linear;
  for (let axis = rank - 1; axis > 0; axis--) {
    const extent = parameters.u32(extents[axis]!);
    lines.push(`let c${first + axis} = ${rest} % ${extent};`, `let q${first + axis} = ${rest} / ${extent};`);
    rest = `q${first + axis}`;
  }
  lines.push(`let c${first} = ${rest};`);
  return lines.join("\n");
};

/**
 * The element index of a view at coordinates `c0`, `c1`, ... for the axes in `axes`. Strides 0 and 1 are part of the text:
 * they tell broadcast from contiguous, and there are few such patterns. Negative strides wrap correctly.
 */
export const address = (
  space: IterationSpace,
  view: number,
  offset: number | undefined,
  axes: readonly number[],
  parameters: Parameters,
): string => {
  const terms: string[] = [];
  for (const axis of axes) {
    const stride = space.strides[view]![axis]!;
    if (stride === 1) terms.push(`c${axis}`);
    else if (stride !== 0) terms.push(`c${axis} * ${parameters.u32(stride)}`);
  }
  if (offset !== undefined && offset !== 0) terms.push(parameters.u32(offset));
  return terms.length === 0 ? "0u" : terms.join(" + ");
};

/** 0, 1, ..., n - 1 shifted by `from`. */
export const range = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);

/** What a view holds at element `at`: one element, a row of four, or one element four times where the last axis has stride 0. */
export const elements = (
  { name, type }: { readonly name: string; readonly type: string },
  at: string,
  width: Width,
  repeated: boolean,
): string => {
  if (width === 1) return `${name}[${at}]`;
  return repeated ? `vec4<${type}>(${name}[(${at}) >> 2u][(${at}) & 3u])` : `${name}[(${at}) >> 2u]`;
};

/** The coordinate along an original axis as a value of type `U`: four successive ones where rows of four run along it. */
export const coordinate = (space: IterationSpace, axis: number, width: Width): string => {
  const merged = space.axisOf[axis];
  if (merged === undefined) return "U(0u)";
  const along = width === 4 && merged === space.extents.length - 1;
  return along ? `(U(c${merged}) + vec4<u32>(0u, 1u, 2u, 3u))` : `U(c${merged})`;
};
