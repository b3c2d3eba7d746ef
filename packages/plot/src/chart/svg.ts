import { printable } from "./format.js";

const namespace = "http://www.w3.org/2000/svg";

export type Attributes = Readonly<Record<string, string | number>>;

export const element = (document: Document, name: string, attributes: Attributes): SVGElement => {
  const made = document.createElementNS(namespace, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
};

const geometry = ["d", "transform", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points"];

/** Hundredths of a pixel are enough, and halve the file. */
const round = (node: Element): void => {
  for (const name of geometry) {
    const value = node.getAttribute(name);
    if (!value?.includes(".")) continue;
    const short = value.replace(/-?\d+\.\d+(e[-+]?\d+)?/g, (number) => String(Number(Number(number).toFixed(2))));
    node.setAttribute(name, short);
  }
  for (const child of [...node.children]) round(child);
};

/** A name that assistive technology would have to leave out, as a plain group has no role: a class instead, where there is none yet. */
const unnamed = (group: Element): void => {
  const name = group.getAttribute("aria-label")!.replaceAll(" ", "-");
  if (!group.hasAttribute("class")) group.setAttribute("class", name);
  group.removeAttribute("aria-label");
};

/** A string that is well-formed as a file of its own and inside HTML. */
export const serialise = (svg: Element): string => {
  round(svg);
  svg.setAttribute("xmlns", namespace);
  for (const group of [...svg.querySelectorAll("g[aria-label]")]) unnamed(group);
  // Plot's style sheet only repeats what the attributes say, in selectors that rasterisers do not know.
  for (const style of [...svg.querySelectorAll("style")]) style.remove();
  svg.removeAttribute("class");
  return svg.outerHTML.replaceAll("&nbsp;", "&#160;").replace(tag, strictly);
};

/** A start tag with its attributes. In words a "<" is escaped already, so each one left begins a tag or stands in quotes. */
const tag = /<[a-z](?:[^"<>]|"[^"]*")*>/gi;

/** HTML, and the document used in Node, let "<" and "&" stand in an attribute; XML does not. */
const strictly = (start: string): string =>
  start.replace(/"[^"]*"/g, (value) =>
    value.replaceAll("<", "&lt;").replace(/&(?!(?:amp|lt|gt|quot|apos|#\d+);)/g, "&amp;"),
  );

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes text for an attribute or an element of HTML or XML. */
export const escapeText = (text: string): string => printable(text).replace(/[&<>"']/g, (c) => escapes[c]!);
