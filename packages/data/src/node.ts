export { cifar10 } from "./node/cifar10.js";
export { type EmojiOptions, emojiScenes, emojiSheet } from "./node/emoji.js";
export { openSource } from "./node/open-source.js";
