const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;

/** Whether a file is an image by its name. */
export const isImage = (name: string): boolean => IMAGE.test(name);

/** A file's name without its ending. */
export const stem = (name: string): string => name.replace(/\.[^./]+$/, "");
