/* What the parts of the probe share. README.md is the contract. */
#ifndef PROBE_H
#define PROBE_H

#include "sha256.h"
#include "sys.h"
#include "text.h"

enum {
  MAX_SOURCES = 64,
  MAX_FILES = 1000,
  MAX_FOLDERS = 256,
  MAX_PATH = 1000,
  MAX_PATHS_SIZE = 128 * 1024,
  MAX_MOUNTS = 128 * 1024,
  MAX_LINE = 1000,
  MAX_SWAPS = 10,
  MAX_TARGET = 200,
  /* Heads and lines of all sources, and the paths. */
  MAX_STATE = MAX_SOURCES * (MAX_TARGET + 8) + MAX_FILES * 72 + MAX_PATHS_SIZE
};

/* arguments.c */

enum option {
  VOLUME, SUBPATH, ENV, ENV_FROM, KEY, LIVE, EXPECT, BASELINE, SPREAD, CHECK, TIMEOUT,
  SWAP, EXPLAIN, VERSION, HELP, OPTION_COUNT
};

/* Those that take a value end in =. */
extern const char option_names[OPTION_COUNT][12];

struct source {
  enum option kind; /* VOLUME, SUBPATH, ENV or ENV_FROM */
  char number[3];   /* two digits: its place among the sources */
  const char *name; /* the variable or the prefix */
  const char *path, *live, *expect;
  char **keys;
  unsigned key_count;

  /* content.c finds: */
  char target[MAX_TARGET]; /* where ..data points, "" without one */
  int64_t swapped;
  const char *problem; /* what to say after the path; NULL without one */
  const char *lines;   /* its part of the current state, a line feed before it */
  unsigned file_count;
  unsigned char hash[SHA256_SIZE];
};

extern struct source sources[MAX_SOURCES];
extern struct source *sources_end;
extern const char *values[OPTION_COUNT]; /* as given last; of a flag, not NULL */
extern int64_t spread, timeout;
extern char **command; /* ends with NULL; or NULL */
extern unsigned char set[SHA256_SIZE];

/* False with the reason in the note. */
bool parse_arguments(char **argv, struct line *note);
/* Whether the content of a source is compared with a baseline. */
bool has_content(const struct source *source);

/* instance.c */

extern const char *pod, *container, *instance; /* "-" where not known */
extern const char *termination_log;
extern int64_t start, now; /* 0 where not known */
extern const char *start_by;

void find_instance(void);

/* content.c: what a source holds at this moment */

extern const char no_volume[];
extern char current_state[MAX_STATE];

/* Target and time only; gives the path of the file of --env below its ..data, or NULL where there is no volume. */
const char *look_at(struct source *source);
/* All of it, consistent, and its lines to the end of current_state: what is being swapped is read again. */
void read_content(struct source *source);
/* Adds to current_state; false if it is full. */
bool add_state(const struct line *line);
/* 0 or a negative errno. */
long hash_file(int folder, const char *path, unsigned char digest[SHA256_SIZE]);

/* state.c: the files that the probe keeps */

extern char stored_state[MAX_STATE];
extern struct line state_path;
/* Reads at most this much, ends it with a zero byte; the length, or negative. */
long read_file(const char *path, char *buffer, unsigned size);
bool write_all(int fd, const char *text, unsigned length);
/* Loads stored_state: the baseline of this instance, or the mark of another one. */
bool load_state(bool mark);
bool save_state(bool mark);
/* The kept time of a change that is held back, in seconds; keeps this one if there is none. */
int64_t keep_since(int64_t since);
void forget_since(void);

/* outside.c: other programs and the application */

extern char **environment;
/* Why --check holds a change back, or NULL. */
const char *run_check(void);
/* Becomes the check that the container had before; returns only if that cannot be started. */
void become_command(void);
void append_to_log(const char *message);

#endif
