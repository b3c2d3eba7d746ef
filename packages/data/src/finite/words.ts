import { Vocabulary } from "../vocabulary.js";
import { wordsOf } from "../words-of.js";
import type { CaptionReader, RecordCaptions } from "./captions.js";
import { compareTexts } from "./order.js";

/** How captions become word ids. */
export interface WordOptions {
  /** How many words have an id of their own: the most frequent of the training captions. */
  readonly vocabulary: number;
  /** Word ids per caption: longer captions are cut. */
  readonly captionLength: number;
}

/**
 * Captions as words. All words out of the table are one word, `<unk>`: so a caption keeps its length and the place of what is not
 * known, and a prompt with an unknown word is like captions that the model was trained on.
 */
export const words = (text: (record: number) => string, options: WordOptions): RecordCaptions => ({
  text,
  reader: (training) => wordReader(text, options, training),
});

const wordReader = (
  text: (record: number) => string,
  { vocabulary: most, captionLength }: WordOptions,
  training: Uint32Array,
): CaptionReader => {
  const { counts, total, cut, longest } = countWords(text, training, captionLength);
  const table = [...counts].sort(([a, n], [b, m]) => m - n || compareTexts(a, b)).slice(0, most);
  const known = table.reduce((sum, [, count]) => sum + count, 0);
  const outOfTable = total === 0 ? 0 : (total - known) / total;
  const vocabulary = new Vocabulary(
    table.map(([word]) => word),
    { open: true },
  );
  return {
    ...{ vocabulary, captionLength, masked: true },
    settings: { captions: "words", words: table.length, outOfTable },
    remarks: [
      `${table.length} of the ${counts.size} words of training captions are in the table; ${percent(outOfTable)} of all their words are not, and are read as <unk>`,
      ...(cut > 0
        ? [
            `${cut} of ${training.length} training captions were cut to ${captionLength} words (captionLength; the longest has ${longest})`,
          ]
        : []),
    ],
    write: (record, { captions }, at) =>
      captions.set(vocabulary.encode(text(record), captionLength), at * captionLength),
  };
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const countWords = (text: (record: number) => string, records: Uint32Array, captionLength: number) => {
  const counts = new Map<string, number>();
  let [total, cut, longest] = [0, 0, 0];
  for (const record of records) {
    const words = wordsOf(text(record));
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    total += words.length;
    if (words.length > captionLength) cut++;
    longest = Math.max(longest, words.length);
  }
  return { counts, total, cut, longest };
};
