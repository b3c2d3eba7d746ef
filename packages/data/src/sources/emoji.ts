import { imageFields } from "../image-options.js";
import { openedInNode } from "../opened-in-node.js";

export const emojiSource = openedInNode(
  "emoji",
  "endless scenes of emoji; needs the packages sharp and @iconify-json/noto",
  imageFields,
);
