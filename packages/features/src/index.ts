import { extractors } from "@isoflop/metrics";
import { inceptionV3 } from "./nsfwjs/inception.js";
import { mobilenetV2 } from "./nsfwjs/mobilenet.js";

export { inceptionV3 } from "./nsfwjs/inception.js";
export { mobilenetV2 } from "./nsfwjs/mobilenet.js";

for (const extractor of [mobilenetV2, inceptionV3]) extractors.add(extractor);

export { arrangements, type EmojiClasses, emojiNetwork, emojiShapes } from "./emoji/network.js";
export { allWeights, valuesOf } from "./network/forward.js";
