import { Document, isCollection, isScalar, visit } from 'yaml';

/** Words that some reader of YAML takes for something else than a text. */
const WORDS = /^(?:true|false|yes|no|on|off|y|n|null|nan|inf|infinity)$/i;
/** Texts that every reader takes for themselves without quotes. */
const PLAIN = /^(?:--)?[A-Za-z/][\w./=@+-]*$/;

/**
 * A value as lines of YAML that every reader understands alike, whatever its version of YAML: a text stands in quotes unless it cannot
 * be anything else. Without a line feed at the end.
 */
export function formatBlock(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  quoteTexts(document);
  return document.toString(LAYOUT).trimEnd();
}

/** The same for a value inside brackets: one line. */
export function formatFlow(value: unknown): string {
  return JSON.stringify(value);
}

/** JSON as the same document in lines of YAML, its fields in their order. */
export function reformatJson(document: Document): string {
  visit(document, {
    Collection(_, node) {
      if (isCollection(node)) node.flow = node.items.length === 0;
    },
  });
  quoteTexts(document);
  return document.toString(LAYOUT);
}

const LAYOUT = {
  lineWidth: 0,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  blockQuote: 'literal',
} as const;

function quoteTexts(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      const text = node.value;
      if (PLAIN.test(text) && !WORDS.test(text)) node.type = 'PLAIN';
      else if (isProse(text)) node.type = 'BLOCK_LITERAL';
      else if (/^[^'\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*"[^'\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u.test(text)) node.type = 'QUOTE_SINGLE';
      else node.type = 'QUOTE_DOUBLE';
    },
  });
}

/** A text of several lines that can stand as it is. */
function isProse(text: string): boolean {
  return text.includes('\n') && text.endsWith('\n') && !/^\s|\n\n$|[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
}
