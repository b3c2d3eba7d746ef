import { contiguous, type Layout } from "../compile/layout.js";
import type { Attrs, ReferenceArray } from "../graph/aval.js";
import { valuesFor } from "../reference-math.js";
import { sizeAlong } from "../shape.js";

/** Reads the elements a layout touches, in row-major order of its shape. */
export const readLayout = (data: Float64Array, { shape, strides, offset }: Layout): Float64Array => {
  const out = valuesFor(shape);
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let i = 0; i < out.length; i++) {
    out[i] = data[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < sizeAlong(shape, axis)) break;
      at -= strides[axis]! * sizeAlong(shape, axis);
      index[axis] = 0;
    }
  }
  return out;
};

/** The reference of an op that only rearranges: read a contiguous input through the layout. */
export const viewReference =
  <A extends Attrs>(layout: (input: Layout, attrs: A) => Layout) =>
  ([x]: readonly [ReferenceArray], attrs: A): [Float64Array] => [
    readLayout(x.data, layout(contiguous(x.shape), attrs)),
  ];
