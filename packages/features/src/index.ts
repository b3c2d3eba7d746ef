import { extractors } from "@isoflop/metrics";
import { emojiEncoder } from "./emoji/encoder.js";
import { inceptionV3 } from "./nsfwjs/inception.js";
import { mobilenetV2 } from "./nsfwjs/mobilenet.js";
import { onnx } from "./onnx/extractor.js";

export { type EmojiEncoder, type EmojiLogits, emojiEncoder, type LoadedEmojiEncoder } from "./emoji/encoder.js";
// For the script that trains the encoder.
export { arrangements, type EmojiClasses, emojiNetwork, emojiShapes } from "./emoji/network.js";
export { FeaturesError, type FeaturesErrorCode } from "./errors.js";
export { allWeights, valuesOf } from "./network/forward.js";
export { inceptionV3 } from "./nsfwjs/inception.js";
export { mobilenetV2 } from "./nsfwjs/mobilenet.js";
export { onnx } from "./onnx/extractor.js";

for (const extractor of [mobilenetV2, inceptionV3, emojiEncoder, onnx]) extractors.add(extractor);
