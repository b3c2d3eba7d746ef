import { imageSource } from "../image-options.js";
import { opensInNode } from "./opens-in-node.js";

export const emojiSource = imageSource(
  "emoji",
  "endless scenes of emoji; needs the packages sharp and @iconify-json/noto",
  opensInNode("emoji"),
);
