/** How the files of this program begin. Whatever begins otherwise is somebody else's. */

const PAGE = '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n';
const GENERATOR = '<meta name="generator" content="@isoflop/plot">';
/** The sheet of pages that do not name their maker. */
const STYLE = ":root { color-scheme: light dark; --ink:";

export const isOurPage = (head: string): boolean =>
  head.startsWith(PAGE) && (head.includes(GENERATOR) || head.includes(STYLE));

/** A JSON document of one of the commands. */
export const isOurDocument =
  (command: string) =>
  (head: string): boolean =>
    head.startsWith(`{\n  "command": "${command}",\n`);
