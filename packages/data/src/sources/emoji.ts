import { choice } from "@isoflop/spec";
import * as v from "valibot";
import { imageFields } from "../image-options.js";
import { openedInNode } from "../opened-in-node.js";

/** Iconify sets that have every icon of `emojiSelection`. */
const emojiSets = ["noto", "twemoji", "fluent-emoji-flat"] as const;

export const emojiSource = openedInNode(
  "emoji",
  "endless scenes of emoji; needs the packages sharp and @iconify-json/noto, or that of another art style, its set",
  // Without a default: records of before, which have none, stay what they are.
  { ...imageFields, set: v.optional(choice(emojiSets)) },
);
