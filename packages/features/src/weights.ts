/** Where the weights lie that come with the package: beside the folder of its modules. */
export const emojiWeights = new URL("../weights/emoji-encoder.safetensors", import.meta.url);
