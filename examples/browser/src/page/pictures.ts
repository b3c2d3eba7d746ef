import type { Picture } from "../messages.js";

/** Shows pictures with their captions, in the canvases that are there already where their number is the same. */
export const showPictures = (parent: Element, pictures: readonly Picture[]): void => {
  if (parent.children.length !== pictures.length) parent.replaceChildren(...pictures.map(figure));
  pictures.forEach(({ caption, width, height, pixels }, i) => {
    const canvas = parent.children[i]!.querySelector("canvas")!;
    Object.assign(canvas, { width, height, ariaLabel: caption });
    canvas.getContext("2d")!.putImageData(new ImageData(pixels, width, height), 0, 0);
    parent.children[i]!.querySelector("figcaption")!.textContent = caption;
  });
};

const figure = (): HTMLElement => {
  const element = document.createElement("figure");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  element.append(canvas, document.createElement("figcaption"));
  return element;
};
