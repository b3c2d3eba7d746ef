import { text } from "@isoflop/spec";
import { openedInNode } from "../opened-in-node.js";
import { besideFields, setFields, squareFields } from "../pictures/options.js";

export const imagesSource = openedInNode(
  "images",
  "a folder of images, with captions beside them or folders as classes; needs the package sharp",
  { path: text, ...squareFields, ...setFields, ...besideFields },
);
