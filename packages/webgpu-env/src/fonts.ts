import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Writes a fontconfig file that names the unpacked faces, and returns its path. The archive's own names folders that exist nowhere but on the
 * machines it was made for; without a face text is invisible, and a list box ends the browser.
 */
export const fontsConfig = async (folder: string): Promise<string> => {
  const file = join(folder, "fonts-here.conf");
  const config = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, "fonts")}</dir>
  <cachedir>${join(folder, "font-cache")}</cachedir>
</fontconfig>
`;
  await writeFile(file, config);
  return file;
};
