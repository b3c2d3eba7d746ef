import { Vocabulary } from "../vocabulary.js";
import type { RecordCaptions } from "./captions.js";

/**
 * Classes as captions of one word.
 * @param names of the classes, as they were given: with spaces, capitals and dots, as one likes
 * @param labelOf a record's class, an index into the names
 * @throws Error when two names differ in capitals and punctuation alone
 */
export const classes = (names: readonly string[], labelOf: (record: number) => number): RecordCaptions => {
  const vocabulary = new Vocabulary(
    names.map((name) => wordOf(name, names)),
    { names },
  );
  return {
    text: (record) => names[labelOf(record)]!,
    reader: () => ({
      ...{ vocabulary, captionLength: 1 },
      settings: { captions: "classes", classes: names },
      remarks: [],
      write(record, { captions }, at) {
        captions[at] = labelOf(record) + 1;
      },
    }),
  };
};

/** A name as one word: "Golden Retriever" is "golden-retriever". */
const wordOf = (name: string, all: readonly string[]): string => {
  const word = asWord(name);
  if (word === "") throw new Error(`the class "${name}" has no letter or digit; give its folder or label a name`);
  const other = all.find((each) => each !== name && asWord(each) === word);
  if (other !== undefined)
    throw new Error(
      `the classes "${name}" and "${other}" differ in capitals, spaces or dots alone; rename one of them`,
    );
  return word;
};

const asWord = (name: string): string =>
  name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s,.]+/g, "-")
    .replace(/^-+|-+$/g, "");
