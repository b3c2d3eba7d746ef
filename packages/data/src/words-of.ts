/** A Chinese or Japanese character, or a run of letters, marks and digits with hyphens and apostrophes inside. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}]|(?<=[\p{L}\p{N}])['’-](?=[\p{L}\p{N}]))+/gu;

/** The words of any sentence, in lower case and without punctuation. Texts that are written without spaces are taken by characters. */
export const wordsOf = (text: string): string[] => text.normalize("NFC").toLowerCase().match(WORD) ?? [];
