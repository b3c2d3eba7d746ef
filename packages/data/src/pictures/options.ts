import { choice, text, whole } from "@isoflop/spec";
import * as v from "valibot";
import { namedFeatures } from "../features/options.js";

const MOST_SIZE = 512;
const SIZES = `a multiple of 8 from 8 to ${MOST_SIZE}`;
const COLOUR = 'a colour such as "#ffffff"';
const HELD_OUT = "a share above 0 and below 1, or a list of names of files and folders";

/** How images of all sizes become squares of one. */
export const squareFields = {
  /** Width and height in pixels. */
  size: v.optional(v.pipe(whole({ atLeast: 8, atMost: MOST_SIZE }), v.multipleOf(8, SIZES)), 32),
  /** What does not fit a square: cut off around the centre, filled up, or stretched. */
  fit: v.optional(choice(["cover", "contain", "fill"]), "cover"),
  /** The resampling filter, on sRGB values. */
  kernel: v.optional(choice(["lanczos3", "lanczos2", "mitchell", "cubic", "linear", "nearest"]), "lanczos3"),
  /** What transparent pixels lie on, and what fills up. */
  background: v.optional(v.pipe(v.string(COLOUR), v.regex(/^#[0-9a-f]{6}$/, COLOUR)), "#ffffff"),
  channels: v.optional(v.picklist([3, 1], "3 (red, green, blue) or 1 (grey)"), 3),
  /** Whether images that are smaller than `size` are enlarged. If not, they are bad ones. */
  enlarge: v.optional(v.boolean("true or false"), false),
};

/** How captions reach a model, which images are held out, and what becomes of images that cannot be used. */
export const setFields = {
  /** Told from what there is, if not given. */
  captions: v.optional(choice(["words", "classes", "none"])),
  /** Words that have an id of their own. */
  vocabulary: v.optional(whole({ atLeast: 1, atMost: 65_536 }), 512),
  /** Words of a caption. */
  captionLength: v.optional(whole({ atLeast: 1, atMost: 1024 }), 16),
  validation: v.optional(
    v.union(
      [
        v.pipe(v.number(HELD_OUT), v.gtValue(0, HELD_OUT), v.ltValue(1, HELD_OUT)),
        v.pipe(v.array(text, HELD_OUT), v.nonEmpty(HELD_OUT)),
      ],
      HELD_OUT,
    ),
    0.05,
  ),
  bad: v.optional(choice(["refuse", "skip"]), "refuse"),
  seed: v.optional(whole(), 0),
};

/** What stands beside pictures in files alone. */
export const besideFields = {
  /** Captions as vectors of a frozen encoder. */
  features: v.optional(namedFeatures),
};

/** What captions are. */
export type CaptionKind = "words" | "classes" | "none";

type Read<E extends v.ObjectEntries> = Readonly<v.InferOutput<v.StrictObjectSchema<E, undefined>>>;

export type SquareOptions = Read<typeof squareFields>;
export type SetOptions = Read<typeof setFields>;
/** Options of every source of stored pictures. */
export type PictureOptions = SquareOptions & SetOptions & Read<typeof besideFields>;
