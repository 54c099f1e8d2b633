#include "probe.h"

const char no_volume[] = " has no ..data";
static const char unreadable[] = " cannot be read", too_many[] = " holds too many files";

char current_state[MAX_STATE];
static unsigned state_length;

static const char *names[MAX_FILES + MAX_FOLDERS];
static unsigned name_count;
static char name_room[MAX_PATHS_SIZE];
static unsigned room_used;

/* The path of ..data, and of --env the nearest one above its file. */
static struct line data;

const char *look_at(struct source *source) {
  const char *rest = source->path;
  struct file_status status;
  say(&data, "%!%s", source->path);
  do {
    unsigned length = data.length;
    if (source->kind == ENV) {
      while (length > 0 && data.text[length - 1] != '/') length--;
      if (length == 0) break;
      rest = source->path + length--;
    }
    data.length = length;
    say(&data, "/..data");
    long got = sys_readlink(data.text, source->target, MAX_TARGET);
    if (got > 0 && got < MAX_TARGET && sys_status(HERE, data.text, false, &status) == 0) {
      source->target[got] = '\0';
      source->swapped = status.modified;
      return rest;
    }
    data.length = length;
  } while (source->kind == ENV);
  source->target[0] = '\0';
  if (source->kind != ENV) return NULL;
  say(&data, "%!/");
  source->swapped = sys_status(HERE, source->path, true, &status) == 0 ? status.modified : 0;
  return source->path;
}

bool add_state(const struct line *line) {
  if (line->length >= sizeof current_state - state_length) return false;
  for (unsigned i = 0; i <= line->length; i++) current_state[state_length + i] = line->text[i];
  state_length += line->length;
  return true;
}

/* The name of a folder ends in a slash. */
static bool is_folder(const char *name) { return name[text_length(name) - 1] == '/'; }

static bool add_name(const char *folder, const char *name, const char *end) {
  static struct line path;
  say(&path, "%!%s%s%s", folder, name, end);
  if (path.length > MAX_PATH || path.length >= sizeof name_room - room_used || name_count == MAX_FILES + MAX_FOLDERS) {
    return false;
  }
  names[name_count++] = name_room + room_used;
  for (unsigned i = 0; i <= path.length; i++) name_room[room_used++] = path.text[i];
  return true;
}

static const char *list_folder(int at, const char *folder) {
  static union {
    uint64_t aligned;
    char bytes[8192];
  } entries;
  const char *problem = NULL;
  struct file_status status;
  long fd = sys_open(at, *folder == '\0' ? "." : folder, OPEN_READ), got;
  if (fd < 0) return unreadable;
  while (problem == NULL && (got = sys_entries((int)fd, entries.bytes, sizeof entries.bytes)) != 0) {
    if (got < 0) problem = unreadable;
    for (long entry = 0; entry < got; entry += *(const uint16_t *)(const void *)(entries.bytes + entry + ENTRY_LENGTH)) {
      const char *name = entries.bytes + entry + ENTRY_NAME;
      if (text_equal(name, ".") || text_equal(name, "..") || sys_status((int)fd, name, true, &status) < 0) continue;
      if (text_find(name, "\n") != NULL) problem = unreadable;
      if (!add_name(folder, name, status.type == FILE_FOLDER ? "/" : "")) problem = too_many;
    }
  }
  return sys_close((int)fd) < 0 ? unreadable : problem;
}

static void sort_names(void) {
  for (unsigned i = 1; i < name_count; i++) {
    const char *moving = names[i];
    unsigned at = i;
    for (; at > 0 && text_compare(names[at - 1], moving) > 0; at--) names[at] = names[at - 1];
    names[at] = moving;
  }
}

long hash_file(int folder, const char *path, unsigned char digest[SHA256_SIZE]) {
  static char chunk[16384];
  struct sha256 hash;
  long fd = sys_open(folder, path, OPEN_READ), got;
  if (fd < 0) return fd;
  sha256_begin(&hash);
  while ((got = sys_read((int)fd, chunk, sizeof chunk)) > 0) sha256_add(&hash, chunk, (size_t)got);
  sha256_end(&hash, digest);
  return sys_close((int)fd) < 0 ? -E_AGAIN : got;
}

static const char *read_files(struct source *source, const char *rest, int folder, struct line *line) {
  struct file_status status;
  struct sha256 hash;
  name_count = room_used = 0;
  if (source->kind == ENV) {
    names[name_count++] = rest;
  } else if (source->key_count > 0) {
    for (; name_count < source->key_count; name_count++) names[name_count] = source->keys[name_count];
  } else {
    const char *problem = list_folder(folder, "");
    for (unsigned i = 0; i < name_count && problem == NULL; i++) {
      if (is_folder(names[i])) problem = list_folder(folder, names[i]);
    }
    if (problem != NULL) return problem;
  }
  sort_names();
  sha256_begin(&hash);
  for (unsigned i = 0; i < name_count; i++) {
    const char *name = names[i];
    /* A --key that was given twice counts once, and one that is no file is not there. */
    if ((i > 0 && text_equal(names[i - 1], name)) || sys_status(folder, name, true, &status) < 0 ||
        status.type != FILE_REGULAR) {
      continue;
    }
    if (hash_file(folder, name, source->hash) < 0) return unreadable;
    say(line, "%!%h  %s\n", source->hash, name);
    sha256_add(&hash, line->text, line->length);
    say(line, "%!%s %s//%h\n", source->number, name, source->hash);
    if (++source->file_count > MAX_FILES || !add_state(line)) return too_many;
  }
  sha256_end(&hash, source->hash);
  return NULL;
}

void read_content(struct source *source) {
  static char after[MAX_TARGET];
  static struct line line;
  unsigned begin = state_length;
  source->lines = current_state + begin - 1;
  for (unsigned swap = 0; swap < MAX_SWAPS; swap++) {
    const char *rest = look_at(source);
    state_length = begin;
    source->file_count = 0;
    source->problem = no_volume;
    if (rest != NULL) {
      say(&line, "%!%s=%s\n", source->number, source->target);
      long folder = sys_open(HERE, data.text, OPEN_READ);
      source->problem = folder < 0 ? unreadable : add_state(&line) ? read_files(source, rest, (int)folder, &line) : too_many;
      if (folder >= 0) (void)sys_close((int)folder); /* nothing was written to it */
    }
    long length = sys_readlink(data.text, after, sizeof after - 1);
    after[length < 0 ? 0 : length] = '\0';
    if (text_equal(source->target, after)) break;
    source->problem = " changes while it is read";
  }
  if (source->problem == NULL) return;
  /* Of one that cannot be read nothing is known; of one that is not there, that it is not. */
  state_length = begin;
  source->file_count = 0;
  say(&line, "%!%s=%s\n", source->number, source->problem == no_volume ? "" : "?");
  (void)add_state(&line);
}
