#include "probe.h"

struct source sources[MAX_SOURCES], *sources_end;
const char *values[OPTION_COUNT];
int64_t spread, timeout;
char **command;
unsigned char set[SHA256_SIZE];

static char *keys[MAX_FILES], **keys_end;
static unsigned source_count;

const char option_names[OPTION_COUNT][12] = {"--volume=", "--subpath=",  "--env=",    "--env-from=",
                                             "--key=",    "--live=",     "--expect=", "--baseline=",
                                             "--spread=", "--check=",    "--timeout=",
                                             "--swap",    "--explain",   "--version", "--help"};

static const char default_baseline[] = "/dev/shm";

/* Whether the value is valid for the option; takes what it means. */
static bool take(enum option option, char *value) {
  struct source *source = sources_end;
  char *path = value;
  unsigned length = text_length(value);
  values[option] = value;
  if (option >= SWAP) return length == 0;
  if (length == 0 || length > MAX_PATH || text_find(value, "\n") != NULL) return false;
  if (option <= ENV_FROM) {
    if (source_count == MAX_SOURCES) return false;
    sources_end++;
    source->kind = option;
    source->name = value;
    source->number[0] = (char)('0' + source_count / 10);
    source->number[1] = (char)('0' + source_count++ % 10);
    source->keys = keys_end;
    if (option >= ENV) {
      while (*path != '=') {
        if (*path++ == '\0') return false;
      }
      if (option == ENV && path == value) return false;
      *path++ = '\0';
    }
    source->path = path;
  } else if (option <= EXPECT) {
    if (source_count == 0) return false;
    source--;
    if (option == LIVE) {
      if (source->kind != SUBPATH) return false;
      source->live = value;
    } else if (option == EXPECT) {
      source->expect = value;
      return source->kind == VOLUME && text_span(value, hex_digits) == 64 && length == 64;
    } else {
      if (keys_end == keys + MAX_FILES || (source->kind != VOLUME && source->kind != ENV_FROM)) return false;
      *keys_end++ = value;
      source->key_count++;
      return *value != '/';
    }
  }
  if (option == SPREAD) return (spread = text_number(value, 1000000)) >= 0;
  if (option == TIMEOUT) return (timeout = text_number(value, 60)) > 0;
  if (option == CHECK) return text_span(value, " ") < length;
  return *path == '/';
}

bool parse_arguments(char **argv, struct line *note) {
  struct sha256 hash;
  /* Set here and not where they are declared: a file without initialized variables is smaller by a page. */
  sources_end = sources;
  keys_end = keys;
  timeout = 3;
  values[BASELINE] = default_baseline;
  sha256_begin(&hash);
  while (*++argv != NULL) {
    if (text_equal(*argv, "--")) {
      if (*++argv != NULL) command = argv;
      break;
    }
    enum option option = 0;
    while (option < OPTION_COUNT && text_after(*argv, option_names[option]) == NULL) option++;
    if (option <= EXPECT || option == SWAP) {
      sha256_add(&hash, *argv, text_length(*argv));
      sha256_add(&hash, "\n", 1);
    }
    say(note, "%!bad argument %s", *argv);
    if (option == OPTION_COUNT || !take(option, *argv + text_length(option_names[option]))) return false;
  }
  sha256_end(&hash, set);
  say(note, "%!nothing to watch");
  if (source_count == 0 && command == NULL && values[VERSION] == NULL && values[HELP] == NULL) {
    return false;
  }
  note->length = 0;
  return true;
}

bool has_content(const struct source *source) {
  return source->kind == VOLUME ? source->expect == NULL && values[SWAP] == NULL : source->kind != SUBPATH;
}
