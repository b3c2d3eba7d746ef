const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/** Whether a file is an image by its name. */
export const isImage = (name: string): boolean => IMAGE.test(name);

/** A file's name without its ending. */
export const stem = (name: string): string => name.replace(/\.[^./]+$/, "");

/** The folder that a file lies in, "" for one that lies in none. */
export const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));

/** A name without the folders before it. */
export const baseOf = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
