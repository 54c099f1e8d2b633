#include "text.h"

#include <stdarg.h>

const char hex_digits[17] = "0123456789abcdef";

unsigned text_length(const char *text) {
  unsigned length = 0;
  while (text[length] != '\0') length++;
  return length;
}

int text_compare(const char *a, const char *b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

bool text_equal(const char *a, const char *b) { return text_compare(a, b) == 0; }

const char *text_after(const char *text, const char *prefix) {
  if (text == NULL) return NULL;
  while (*prefix != '\0') {
    if (*text++ != *prefix++) return NULL;
  }
  return text;
}

const char *text_find(const char *text, const char *wanted) {
  for (; *text != '\0'; text++) {
    const char *after = *text == *wanted ? text_after(text, wanted) : NULL;
    if (after != NULL) return after;
  }
  return NULL;
}

unsigned text_span(const char *text, const char *set) {
  unsigned length = 0;
  for (const char *in = set; *in != '\0' && text[length] != '\0';) {
    if (text[length] == *in++) {
      length++;
      in = set;
    }
  }
  return length;
}

int64_t text_number(const char *text, int64_t limit) {
  int64_t number = 0;
  if (*text == '\0' || (*text == '0' && text[1] != '\0')) return -1;
  for (; *text >= '0' && *text <= '9' && number <= limit; text++) number = number * 10 + *text - '0';
  return *text != '\0' || number > limit ? -1 : number;
}

const char *next_line(const char *text) {
  while (*text != '\0' && *text++ != '\n') continue;
  return text;
}

static void add(struct line *line, char byte) {
  if (line->length < LINE_SIZE - 1) line->text[line->length++] = byte;
  line->text[line->length] = '\0';
}

void add_until(struct line *line, const char *text, const char *mark) {
  while (*text != '\0' && text_after(text, mark) == NULL) add(line, *text++);
}

void say(struct line *line, const char *format, ...) {
  va_list list;
  va_start(list, format);
  line->text[line->length] = '\0';
  for (; *format != '\0'; format++) {
    if (*format != '%') {
      add(line, *format);
    } else if (*++format == 's') {
      for (const char *text = va_arg(list, const char *); *text != '\0';) add(line, *text++);
    } else if (*format == 'd') {
      char digits[20], *digit = digits;
      int64_t number = va_arg(list, int64_t);
      do *digit++ = (char)('0' + number % 10);
      while ((number /= 10) > 0);
      while (digit > digits) add(line, *--digit);
    } else if (*format == '!') {
      line->length = 0;
    } else {
      const unsigned char *digest = va_arg(list, const unsigned char *);
      for (unsigned i = 0; i < 64; i++) add(line, hex_digits[digest[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15]);
    }
  }
  va_end(list);
}
