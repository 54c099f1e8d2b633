/* Text without a heap. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Always ended by a zero byte; what does not fit is left out. Room for the longest path that is put together. */
enum { LINE_SIZE = 2560 };
struct line {
  unsigned length;
  char text[LINE_SIZE];
};

/* Adds the format, in which %s is text, %d an int64_t and %h a SHA-256; %! empties the line. */
void say(struct line *line, const char *format, ...);

unsigned text_length(const char *text);
bool text_equal(const char *a, const char *b);
int text_compare(const char *a, const char *b);
/* What follows the prefix, or NULL; NULL of NULL. */
const char *text_after(const char *text, const char *prefix);
/* What follows the first place of it, or NULL. */
const char *text_find(const char *text, const char *wanted);
/* How many bytes the text begins with that are in the set. */
unsigned text_span(const char *text, const char *set);
/* A decimal number up to the limit and nothing else, or -1. */
int64_t text_number(const char *text, int64_t limit);
const char *next_line(const char *text);
/* Adds the text up to the mark. */
void add_until(struct line *line, const char *text, const char *mark);

extern const char hex_digits[17];

#endif
