export { cifar10 } from "./node/cifar10.js";
export { openDecoder } from "./node/decoders/open.js";
export { type EmojiOptions, emojiScenes, emojiSheet } from "./node/emoji.js";
export { openSource } from "./node/open-source.js";
