import { kind, whole } from "@isoflop/spec";
import * as v from "valibot";
import { must } from "../errors.js";
import { checkImages } from "../images.js";
import { boxResize } from "./box.js";
import type { Extractor, ExtractorImages } from "./extractor.js";

/** Numbers of `channels` planes of `size` × `size`, for one image after the other. */
const pixelsOf = (images: ExtractorImages, channels: number, size: number): Float64Array => {
  checkImages(images);
  const { data, count, height, width } = images;
  const given = images.channels;
  must(
    given === channels || given === 1,
    "dimension",
    `images have ${given} channels; the extractor pixels takes ${channels}, or 1 for grey.`,
  );
  const plane = height * width;
  const resize = boxResize(height, width, size, size);
  const area = size * size;
  const out = new Float64Array(count * channels * area);
  for (let n = 0; n < count; n++)
    for (let c = 0; c < channels; c++) {
      const from = (n * given + (given === 1 ? 0 : c)) * plane;
      const to = (n * channels + c) * area;
      resize(data.subarray(from, from + plane), out.subarray(to, to + area));
    }
  return out;
};

/** Pixels as features, each the mean of the area that it covers: no network and no weights. Distances of them see colours and places, not things. */
export const pixels = kind({
  name: "pixels",
  about: "pixels of small pictures, box-resized: no weights",
  options: {
    /** Height and width that images are brought to. */
    size: v.optional(whole({ atLeast: 1, atMost: 256 }), 8),
    /** Of the images; grey ones count as any. Latents have theirs. */
    channels: v.optional(whole({ atLeast: 1, atMost: 64 }), 3),
  },
  build: ({ size, channels }): Extractor => ({
    name: `pixels@${size}-box${channels === 3 ? "" : `-${channels}`}`,
    dim: channels * size * size,
    digest: async () => "",
    load: async () => ({
      features: async (images) => pixelsOf(images, channels, size),
      dispose: () => {},
    }),
  }),
});
