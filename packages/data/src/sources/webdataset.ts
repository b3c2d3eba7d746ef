import { text } from "@isoflop/spec";
import * as v from "valibot";
import { openedInNode } from "../opened-in-node.js";
import { besideFields, setFields, squareFields } from "../pictures/options.js";

export const webDatasetSource = openedInNode(
  "webdataset",
  "tar shards of images with captions or classes, such as ./shards/{000..031}.tar; needs the packages sharp and modern-tar",
  { path: text, field: v.optional(text), ...squareFields, ...setFields, ...besideFields },
);
