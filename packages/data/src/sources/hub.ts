import { text } from "@isoflop/spec";
import * as v from "valibot";
import { openedInNode } from "../opened-in-node.js";
import { besideFields, setFields, squareFields } from "../pictures/options.js";

const REPO = 'the name of a data set on the hub, such as "owner/name"';

export const hubSource = openedInNode(
  "hub",
  "images of a data set of the Hugging Face Hub, downloaded once; needs the packages sharp and @huggingface/hub, and those of its files",
  {
    repo: v.pipe(v.string(REPO), v.regex(/^[\w.-]+\/[\w.-]+$/, REPO)),
    /** A branch, tag or commit. */
    revision: v.optional(text, "main"),
    /** Which of its files, such as "data/train-*.parquet". */
    files: v.optional(text),
    /** If not given, `HF_ENDPOINT` of the environment, or huggingface.co. */
    endpoint: v.optional(v.pipe(v.string("a URL"), v.url("a URL"))),
    image: v.optional(text),
    text: v.optional(text),
    label: v.optional(text),
    field: v.optional(text),
    ...squareFields,
    ...setFields,
    ...besideFields,
  },
);
