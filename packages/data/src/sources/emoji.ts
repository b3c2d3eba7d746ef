import { imageSource } from "../image-options.js";

export const emojiSource = imageSource(
  "emoji",
  "endless scenes of emoji; needs the packages sharp and @iconify-json/noto",
);
