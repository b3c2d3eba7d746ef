import { text } from "@isoflop/spec";
import * as v from "valibot";
import { openedInNode } from "../opened-in-node.js";
import { besideFields, setFields, squareFields } from "../pictures/options.js";

export const parquetSource = openedInNode(
  "parquet",
  "parquet files as Hugging Face datasets writes them, such as ./train-*.parquet; needs the packages sharp, hyparquet and hyparquet-compressors",
  {
    path: text,
    image: v.optional(text),
    text: v.optional(text),
    label: v.optional(text),
    ...squareFields,
    ...setFields,
    ...besideFields,
  },
);
