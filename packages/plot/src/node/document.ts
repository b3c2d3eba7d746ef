import { parseHTML } from "linkedom";

/** A document for the figures where there is no page. Nothing is kept in it between figures. */
export const document: Document = parseHTML("<!doctype html><html><body></body></html>").document;
