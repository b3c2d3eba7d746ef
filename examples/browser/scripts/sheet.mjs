// Draws the emoji of the page once, as a file that the page can fetch: src/training/emoji.sheet, 4 KiB per emoji.
import { writeFile } from "node:fs/promises";
import { emojiSelection, encodeSheet, resizeSheet } from "@isoflop/data";
import { emojiSheet } from "@isoflop/data/node";

const names = ["rocket", "cherries", "cactus", "star", "penguin", "pumpkin"];
const sheet = await emojiSheet({ selection: emojiSelection.filter(({ name }) => names.includes(name)) });
await writeFile(new URL("../src/training/emoji.sheet", import.meta.url), encodeSheet(resizeSheet(sheet, 32)));
