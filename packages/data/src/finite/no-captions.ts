import { Vocabulary } from "../vocabulary.js";
import type { RecordCaptions } from "./captions.js";

/** Images without captions: each has the empty one. */
export const noCaptions: RecordCaptions = {
  text: () => "",
  reader: () => ({
    ...{ vocabulary: new Vocabulary([]), captionLength: 1 },
    settings: { captions: "none" },
    remarks: [],
    write(_, { captions }, at) {
      captions[at] = 0;
    },
  }),
};
